"""The console's pages: one file each, every route with the permission that it needs."""
