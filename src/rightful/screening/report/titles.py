"""What kinds are called: as their detector is, or, where several share one, as stands here."""

from collections.abc import Iterable

from rightful.policy import Text
from rightful.screening.detector import Detector

#: Of kinds that have several detectors, each of which is called after a form; and of names.
SHARED = {
    "address": Text("Postal address", "通信地址"),
    "api_token": Text("Token of a service", "服务令牌"),
    "biometrics": Text("Biometric data", "生物识别信息"),
    "birth_date": Text("Date of birth", "出生日期"),
    "br_cnpj": Text("Brazilian CNPJ", "巴西企业税号 CNPJ"),
    "br_cpf": Text("Brazilian CPF", "巴西个人税号 CPF"),
    "card": Text("Payment card", "支付卡号"),
    "cloud_key": Text("Key of a cloud", "云服务密钥"),
    "cn_id": Text("Chinese identity number", "居民身份证号码"),
    "criminal": Text("Offences and convictions", "犯罪信息"),
    "driving_licence": Text("Driving licence", "驾驶证"),
    "email": Text("E-mail address", "电子邮箱"),
    "ethnicity": Text("Ethnic origin", "族裔"),
    "fr_nir": Text("French social security number", "法国社会保障号码"),
    "genetics": Text("Genetic data", "遗传信息"),
    "geolocation": Text("Coordinates of a place", "定位坐标"),
    "health_condition": Text("Illness", "疾病"),
    "health_treatment": Text("Medicine or treatment", "用药或治疗"),
    "ip": Text("IP address", "IP 地址"),
    "kr_rrn": Text("Korean resident registration number", "韩国居民登录号码"),
    "name": Text("Name", "人名"),
    "passport": Text("Passport", "护照号码"),
    "password": Text("Password", "口令"),
    "phone": Text("Phone number", "电话号码"),
    "place": Text("Place", "地名"),
    "plate": Text("Number plate", "车辆号牌"),
    "politics": Text("Political opinion", "政治观点"),
    "pregnancy": Text("Pregnancy", "怀孕"),
    "private_key": Text("Private key", "私钥"),
    "religion": Text("Religion", "宗教信仰"),
    "sex_life": Text("Sex life or orientation", "性生活或性取向"),
    "union_membership": Text("Membership of a trade union", "工会成员身份"),
    "us_ssn": Text("US social security number", "美国社会安全号码"),
}


def titles(detectors: Iterable[Detector]) -> dict[str, Text]:
    """The kinds that these detectors find, and names and places; of others, the first one's."""
    found: dict[str, Text] = {}
    for each in detectors:
        found.setdefault(each.kind, each.title)
    return found | SHARED
