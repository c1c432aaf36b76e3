// The phone's own words, in the languages of the app, and how it writes times.

export const LANGUAGES = {
  en: "English", th: "ไทย", vi: "Tiếng Việt", km: "ខ្មែរ", lo: "ລາວ", my: "မြန်မာ",
  id: "Indonesia", fil: "Filipino", "zh-hans": "简体中文", ar: "العربية", fr: "Français", es: "Español",
};

const NAMES = [
  "message", "start", "bot", "typing", "unblock", "blocked", "menu", "about", "edited", "connecting",
  "copied", "ok", "send", "newest",
];

const TABLE = {
  en: ["Message", "Start", "bot", "typing…", "Unblock", "You blocked this bot.", "Menu",
    "What can this bot do?", "edited", "Connecting…", "Copied", "OK", "Send", "To the newest message"],
  th: ["ข้อความ", "เริ่ม", "บอท", "กำลังพิมพ์…", "เลิกบล็อก", "คุณบล็อกบอทนี้ไว้", "เมนู",
    "บอทนี้ทำอะไรได้บ้าง", "แก้ไขแล้ว", "กำลังเชื่อมต่อ…", "คัดลอกแล้ว", "ตกลง", "ส่ง", "ไปที่ข้อความล่าสุด"],
  vi: ["Tin nhắn", "Bắt đầu", "bot", "đang nhập…", "Bỏ chặn", "Bạn đã chặn bot này.", "Menu",
    "Bot này làm được gì?", "đã sửa", "Đang kết nối…", "Đã sao chép", "OK", "Gửi", "Đến tin mới nhất"],
  km: ["សារ", "ចាប់ផ្តើម", "បូត", "កំពុងវាយ…", "ឈប់ទប់ស្កាត់", "អ្នកបានទប់ស្កាត់បូតនេះ។", "ម៉ឺនុយ",
    "តើបូតនេះអាចធ្វើអ្វីបាន?", "បានកែ", "កំពុងភ្ជាប់…", "បានចម្លង", "យល់ព្រម", "ផ្ញើ", "ទៅសារថ្មីបំផុត"],
  lo: ["ຂໍ້ຄວາມ", "ເລີ່ມ", "ບັອດ", "ກຳລັງພິມ…", "ເລີກບລັອກ", "ທ່ານໄດ້ບລັອກບັອດນີ້", "ເມນູ",
    "ບັອດນີ້ເຮັດຫຍັງໄດ້?", "ແກ້ໄຂແລ້ວ", "ກຳລັງເຊື່ອມຕໍ່…", "ສຳເນົາແລ້ວ", "ຕົກລົງ", "ສົ່ງ", "ໄປຫາຂໍ້ຄວາມຫຼ້າສຸດ"],
  my: ["စာ", "စတင်ပါ", "ဘော့", "စာရိုက်နေသည်…", "ပြန်ဖွင့်ပါ", "သင်သည် ဤဘော့ကို ပိတ်ထားသည်။", "မီနူး",
    "ဤဘော့က ဘာလုပ်နိုင်သလဲ။", "ပြင်ပြီး", "ချိတ်ဆက်နေသည်…", "ကူးယူပြီး", "အိုကေ", "ပို့ပါ", "နောက်ဆုံးစာသို့"],
  id: ["Pesan", "Mulai", "bot", "sedang mengetik…", "Buka blokir", "Anda memblokir bot ini.", "Menu",
    "Apa yang bisa dilakukan bot ini?", "diedit", "Menghubungkan…", "Disalin", "OK", "Kirim", "Ke pesan terbaru"],
  fil: ["Mensahe", "Magsimula", "bot", "nagta-type…", "I-unblock", "Na-block mo ang bot na ito.", "Menu",
    "Ano ang magagawa ng bot na ito?", "na-edit", "Kumokonekta…", "Nakopya", "OK", "Ipadala", "Sa pinakabagong mensahe"],
  "zh-hans": ["消息", "开始", "机器人", "正在输入…", "解除屏蔽", "您已屏蔽此机器人。", "菜单",
    "这个机器人能做什么？", "已编辑", "正在连接…", "已复制", "好", "发送", "到最新消息"],
  ar: ["رسالة", "ابدأ", "بوت", "يكتب…", "إلغاء الحظر", "لقد حظرت هذا البوت.", "القائمة",
    "ماذا يستطيع هذا البوت أن يفعل؟", "معدّلة", "جارٍ الاتصال…", "نُسخ", "حسنًا", "إرسال", "إلى أحدث رسالة"],
  fr: ["Message", "Démarrer", "bot", "écrit…", "Débloquer", "Vous avez bloqué ce bot.", "Menu",
    "Que peut faire ce bot ?", "modifié", "Connexion…", "Copié", "OK", "Envoyer", "Au dernier message"],
  es: ["Mensaje", "Iniciar", "bot", "escribiendo…", "Desbloquear", "Has bloqueado este bot.", "Menú",
    "¿Qué puede hacer este bot?", "editado", "Conectando…", "Copiado", "OK", "Enviar", "Al último mensaje"],
};

export function wordsOf(language) {
  const row = TABLE[language] ?? TABLE.en;
  return Object.fromEntries(NAMES.map((name, index) => [name, row[index]]));
}

export const directionOf = (language) => (language === "ar" ? "rtl" : "ltr");

export function clockTime(language, seconds) {
  const format = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return format.format(seconds * 1000);
}

export function dayName(language, seconds) {
  const day = new Date(seconds * 1000);
  if (day.toDateString() === new Date().toDateString()) {
    const today = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "day");
    return today.charAt(0).toLocaleUpperCase(language) + today.slice(1);
  }
  return new Intl.DateTimeFormat(`${language}-u-nu-latn`, { day: "numeric", month: "long" }).format(day);
}
