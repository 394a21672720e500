"""Units of segment notes -> proposed classes, held against readings of the filings.

The readings were made from the notes before there was a lexicon: what each unit is
built around, and the sentence of the filing's segment note that says so.
"""

READINGS = {
    "aapl-20100925.xml.gz": {
        "americas": ("geography", 6),
        "europe": ("geography", 7),
        "japan": ("geography", 4),
        "asia pacific": ("geography", 8),
        "retail": ("function", 9),  # a channel: stores that the firm runs itself
    },
    "aapl-20230930_htm.xml.gz": {
        "americas": ("geography", 3),
        "europe": ("geography", 4),
        "greater china": ("geography", 5),
        "japan": ("geography", 2),
        "rest of asia pacific": ("geography", 6),
    },
    "amzn-20221231_htm.xml.gz": {
        "north america": ("geography", 7),
        "international": ("geography", 9),
        "amazon web services": ("product", 11),
    },
    # consumers or businesses, and within each licences, hardware and the rest
    "msft-20150630.xml.gz": {
        "devices and consumer licensing": ("mixed", 12),
        "computing and gaming hardware": ("mixed", 12),
        "phone hardware": ("mixed", 12),
        "devices and consumer other": ("mixed", 12),
        "commercial licensing": ("mixed", 14),
        "commercial other": ("mixed", 14),
    },
    # one operating segment; freight by what customers ship is no organization
    "unp-20121231.xml.gz": {
        "agriculture": ("customer", 7),
        "automotive": ("customer", 7),
        "chemicals": ("customer", 7),
        "coal": ("customer", 7),
        "industrial products": ("customer", 7),
        "intermodal": ("product", 7),
    },
    "nflx-20091231.xml.gz": {"the whole firm": ("product", 9)},
}
