"""Crawlers that collect data to train models with: what a site says to these, it says of training.

The names are those of github.com/ai-robots-txt/ai.robots.txt, as of 2026-08-22, whose function is
said there to be training or collecting data for it. Search, assistants that fetch a page for
somebody, and agents that act for somebody are left out: a site that keeps these out has not said
anything about training.
"""

AS_OF = "2026-08-22"

#: As sites write them, in small letters.
TRAINING_AGENTS = frozenset(
    {
        "ai2bot",
        "ai2bot-dolma",
        "anthropic-ai",
        "applebot-extended",
        "bedrockbot",
        "brightbot 1.0",
        "bytespider",
        "ccbot",
        "chatglm-spider",
        "claudebot",
        "cloudvertexbot",
        "cohere-training-data-crawler",
        "cotoyogi",
        "datenbank crawler",
        "deepseekbot",
        "echobot bot",
        "facebookbot",
        "factset_spyderbot",
        "friendlycrawler",
        "google-cloudvertexbot",
        "google-extended",
        "gptbot",
        "icc-crawler",
        "imagesiftbot",
        "imagespider",
        "img2dataset",
        "isscyberriskcrawler",
        "kangaroo bot",
        "laion-huggingface-processor",
        "laiondownloader",
        "lcc",
        "meta-externalagent",
        "netestate imprint crawler",
        "omgili",
        "omgilibot",
        "pangubot",
        "panscient",
        "panscient.com",
        "poseidon research crawler",
        "sbintuitionsbot",
        "scrapy",
        "sidetrade indexer bot",
        "tiktokspider",
        "timpibot",
        "velenpublicwebcrawler",
        "wardbot",
        "webzio-extended",
        "yandexadditional",
        "yandexadditionalbot",
    }
)
