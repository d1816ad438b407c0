"""Vietnamese words for the coded fields of a referral record."""

AGENCY = {
    "hotline_111": "Tổng đài 111",
    "police": "Công an",
    "commune": "UBND xã, phường",
    "health": "Cơ sở y tế",
    "school_counsellor": "Tư vấn học đường",
    "social_centre": "Trung tâm công tác xã hội",
}

CONSENT = {
    "agreed": "Em đồng ý",
    "declined": "Em không đồng ý",
    "not_asked_danger": "Chưa kịp hỏi vì đang nguy hiểm",
}

FORM_OF_ABUSE = {
    "xam_hai_tinh_duc": "Xâm hại tình dục",
    "bao_luc": "Bạo lực",
    "boc_lot": "Bóc lột",
    "mua_ban": "Mua bán",
    "bo_roi_bo_mac": "Bỏ rơi, bỏ mặc",
    "gay_ton_hai_khac": "Gây tổn hại khác",
    "khong": "Không thuộc các dạng trên",
}

SEX = {"girl": "Nữ", "boy": "Nam", "unknown": "Không biết"}

ANSWER = {"yes": "Có", "no": "Không", "unknown": "Không biết"}

LEVEL = {"high": "Cao", "medium": "Trung bình", "low": "Thấp", "unknown": "Không biết"}

RELATION = {
    "relative": "Người thân",
    "known_adult": "Người lớn quen biết",
    "peer": "Bạn bè",
    "online_stranger": "Người lạ trên mạng",
    "stranger": "Người lạ ngoài đời",
    "unknown": "Không biết",
}

PLATFORM = {
    "zalo": "Zalo",
    "facebook": "Facebook, Messenger",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "telegram": "Telegram",
    "game": "Trò chơi",
    "other": "Nơi khác trên mạng",
    "none": "Không xảy ra trên mạng",
}

ACTION = {
    "listened": "Lắng nghe, trấn an",
    "gave_111": "Đưa số 111",
    "gave_113_115": "Đưa số 113 hoặc 115",
    "safety_plan": "Cùng em tính cách giữ an toàn",
    "evidence_advice": "Dặn giữ lại bằng chứng",
    "takedown_advice": "Chỉ cách gỡ ảnh, gỡ bài",
}

STATUS = {
    "new": "Mới ghi",
    "triaged": "Đã phân loại",
    "sent": "Đã chuyển",
    "acknowledged": "Nơi nhận đã xác nhận",
    "emergency_action": "Đang can thiệp khẩn cấp",
    "assessed": "Đã đánh giá",
    "planned": "Đã lập kế hoạch",
    "approved": "Đã phê duyệt",
    "in_progress": "Đang thực hiện",
    "reviewed": "Đã rà soát",
    "closed": "Đã kết thúc",
    "declined_by_child": "Em không muốn chuyển",
    "unreachable": "Không liên lạc được",
    "returned_wrong_agency": "Chuyển nhầm nơi, đã trả lại",
    "duplicate": "Trùng hồ sơ",
}
