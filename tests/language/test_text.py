from bot.language import fold, nfc, view, views
from bot.language.spelling import unmasked


def test_nfd_and_nfc_input_give_the_same_view():
    import unicodedata

    text = "chú ấy bắt em"
    assert view(unicodedata.normalize("NFD", text)).text == view(text).text


def test_fold_drops_every_mark_and_the_bar_of_d():
    assert fold("Đừng Sợ, Ử") == "dung so, u"
    assert nfc("e\u0302\u0301") == "ế"


def test_old_and_new_tone_places_are_one_word():
    assert view("hoà xoá thuỷ").text == view("hòa xóa thủy").text


def test_repeated_letters_masks_and_digits_in_words_are_undone():
    assert view("chếttttt").text == view("chết").text
    assert view("ch3t").text == view("chet").text
    assert view("h.i.ế.p").text == view("hiếp").text
    assert view("tự tử").text in [reading.text for reading in views("t.ự t.ử")]
    assert view("tự tử").text in [reading.text for reading in views("t ự t ử")]


def test_letters_that_were_all_typed_apart_become_the_likeliest_words():
    # "đá nhem" and "đánh em" have as many syllables; the commoner ones are meant.
    for typed, meant in (
        ("b ố đ á n h e m", "bố đánh em"),
        ("b o d a n h e m", "bo danh em"),
        ("e m m u ố n c h ế t", "em muốn chết"),
    ):
        assert view(typed).text == view(meant).text
        assert unmasked(typed) == meant


def test_ambiguous_teencode_keeps_both_readings():
    assert [reading.text for reading in views("hok")] == [" không ", view("học").text]


def test_letters_after_a_number_are_a_unit_and_no_teencode():
    assert view("500k").text == " 500 k "


def test_a_span_leads_back_to_what_was_typed():
    text = "Alo 😊 chú ấy  sờ em"
    seen = view(text)
    start = seen.text.index("sơF")
    assert text[slice(*seen.span(start, start + 4))] == "sờ"


def test_full_width_and_hidden_letters_are_read():
    assert view("ｅｍ　sợ").text == view("em sợ").text
    assert view("c\u200bhết").text == view("chết").text
