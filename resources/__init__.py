"""Package data: profiles, tables, advice, labels, print templates, style, samples."""
