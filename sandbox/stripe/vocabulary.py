"""
Closed lists of words in Stripe's API, version 2026-10-28.endive. The tests compare them with the
annotations of Stripe's own Python package.
"""

API_VERSION = "2026-10-28.endive"


def words(text: str) -> tuple[str, ...]:
    """The words of *text*, parted by spaces."""
    return tuple(text.split())


LOCALES = words(
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt "
    "nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)

SUBMIT_TYPES = ("auto", "book", "donate", "pay", "subscribe")

EXCLUDABLE_METHODS = words(
    "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit "
    "bancontact billie bizum blik boleto card cashapp crypto customer_balance eps fpx giropay "
    "grabpay ideal kakao_pay klarna konbini kr_card mb_way mobilepay multibanco naver_pay "
    "nz_bank_account oxxo p24 pay_by_bank payco paynow paypal paypay payto pix promptpay "
    "revolut_pay samsung_pay satispay scalapay sepa_debit sequra sofort sunbit swish twint upi "
    "us_bank_account wechat_pay zip"
)
ALLOWABLE_METHODS = (*EXCLUDABLE_METHODS, "link")

REFUND_REASONS = ("duplicate", "fraudulent", "requested_by_customer")

BALANCES = ("issuing", "payments", "refund_and_dispute_prefunding", "risk_reserved")

SESSION_STATUSES = ("open", "complete", "expired")

SESSION_PARAMS_UNPLAYED = words(
    "after_expiration allow_promotion_codes automatic_tax branding_settings consent_collection "
    "custom_fields customer customer_account customer_update discounts integration_identifier "
    "managed_payments name_collection optional_items origin_context payment_method_collection "
    "payment_method_configuration payment_method_data payment_method_options permissions "
    "redirect_on_completion return_url saved_payment_method_options setup_intent_data "
    "shipping_address_collection shipping_options subscription_data tax_id_collection "
    "wallet_options"
)
