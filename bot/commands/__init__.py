"""The commands of ``lachan``, one small file a group; each imports what it needs when it runs."""
