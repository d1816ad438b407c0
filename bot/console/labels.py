"""Vietnamese words for the codes that counsellors see. A code without a word is shown as it is."""

RISK = {0: "Chưa thấy nguy cơ", 1: "Cần quan tâm", 2: "Nguy cơ cao", 3: "Khẩn cấp"}
RISK_CODE = {0: "none", 1: "medium", 2: "high", 3: "emergency"}

CATEGORY = {
    "sexual_abuse": "Xâm hại tình dục",
    "grooming": "Dụ dỗ, làm quen để xâm hại",
    "sextortion": "Tống tiền bằng ảnh nhạy cảm",
    "image_abuse": "Ảnh nhạy cảm bị đòi, gửi hoặc phát tán",
    "physical_violence": "Bạo lực thân thể",
    "emotional_abuse": "Bạo lực tinh thần",
    "neglect": "Bỏ rơi, bỏ mặc",
    "self_harm": "Tự hại, ý nghĩ tự tử",
    "bullying": "Bắt nạt",
    "exploitation": "Bóc lột, mua bán",
    "missing": "Bỏ nhà đi, mất tích, bị giữ",
    "scam_privacy": "Lừa đảo, lộ thông tin riêng",
    "harmful_content": "Nội dung độc hại",
    "distress": "Buồn, sợ, cô đơn",
    "none": "Chưa rõ chuyện gì",
}

ABOUT = {
    "self": "Chính người nhắn",
    "other_child": "Một trẻ em khác",
    "adult": "Người lớn",
    "unknown": "Chưa rõ",
}

TELLER = {
    "child_harmed": "Trẻ em đang bị hại tự kể",
    "child_for_other": "Trẻ em kể giúp người khác",
    "adult_reporting": "Người lớn báo tin",
    "writer_harms": "Người nhắn đã làm hại hoặc sợ mình làm hại người khác",
    "adult_harmed": "Người lớn đang bị hại",
    "unknown": "Chưa rõ",
}

ROLE = {
    "child": "Trẻ em",
    "parent": "Cha mẹ, người chăm sóc",
    "teacher": "Giáo viên",
    "other": "Người khác",
    "unknown": "Chưa rõ",
}

AGE_BAND = {
    "<6": "Dưới 6 tuổi",
    "6-10": "6–10 tuổi",
    "11-13": "11–13 tuổi",
    "14-15": "14–15 tuổi",
    "16-17": "16–17 tuổi",
    ">=18": "Từ 18 tuổi",
    "unknown": "Chưa rõ",
}

CHANNEL = {"web": "Trang chat", "telegram": "Telegram", "zalo_bot": "Zalo Bot", "zalo_oa": "Zalo OA"}

STATE = {
    "queued": "Đang chờ",
    "claimed": "Đang có người giữ",
    "handed_back": "Đã trả lại cho bot",
    "closed": "Đã đóng",
}

REASON = {
    "disclosure": "Kể chuyện bị hại",
    "asked": "Xin gặp người thật",
    "unsupported": "Kênh không cho đọc nội dung",
}

FLAG = {
    "retraction": "Đã rút lại lời kể: có thể bị ép, đừng coi là hết chuyện",
    "other_person": "Có thể người khác đang cầm máy",
    "unreachable": "Không nhắn tới được: người này đã chặn hoặc xoá cuộc chat. Tin mới của họ vẫn tới đây",
    "undelivered": "Có tin chưa gửi tới được người này: xem từng dòng bên dưới",
}

KIND = {"real": "", "drill": "Diễn tập", "practice": "Luyện tập", "demo": "Trình diễn"}

AUTHOR = {"person": "Người nhắn", "bot": "Bot", "counsellor": "Tư vấn viên", "system": "Hệ thống"}

LINE_KIND = {
    "media": "Đã gửi ảnh, video hoặc tệp. Hệ thống không mở và không lưu.",
    "unsupported": "Kênh báo có tin nhưng không cho đọc nội dung.",
    "start": "Bấm nút bắt đầu.",
}

DELIVERY = {
    "pending": "đang chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "failed": "gửi không được",
    "expired": "quá giờ nên không gửi nữa",
    "withdrawn": "đã rút lại, không gửi",
}

OUTCOME = {
    "supported": "Đã nâng đỡ, lắng nghe",
    "referred": "Đã chuyển đến nơi hỗ trợ",
    "safe_now": "Hiện đã an toàn",
    "declined": "Người nhắn không muốn tiếp tục",
    "no_answer": "Người nhắn không trả lời nữa",
    "misread": "Hệ thống đọc nhầm",
    "prank": "Nhắn đùa",
    "abusive": "Nhắn lời quấy rối",
    "silent": "Không nói gì",
    "erased": "Đã xoá theo yêu cầu",
}

REFER_REASON = {
    "agreed": "Người nhắn đồng ý",
    "danger": "Đang nguy hiểm, phải báo ngay",
    "declined_no_danger": "Người nhắn không muốn, không có nguy hiểm",
    "not_needed": "Không cần chuyển",
    "already_known": "Nơi có trách nhiệm đã biết",
    "cannot_identify": "Không đủ thông tin để tìm được em",
    "not_real": "Không phải chuyện thật",
}

USER_ROLE = {
    "counsellor": "Tư vấn viên",
    "supervisor": "Giám sát",
    "admin": "Quản trị",
    "auditor": "Kiểm tra",
}
