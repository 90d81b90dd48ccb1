"""The report: all that the committed results say, as one HTML page and as Markdown.

python -m common.report          writes report/index.html and report/README.md
python -m common.report check    are they what would be written now? `make lint` asks

`data` and `account` read, `findings` concludes, `page` and `markdown` say it; the page is built of
`elements` and `charts`.
"""
