"""From a message to a question in the ledger: which pictures it is about, whether it may be asked, albums, voice."""
