"""Writes the report from the committed results, and names what it left out."""

from common.report.write import REPORT, write

if __name__ == "__main__":
    for path, why in write().left_out.items():
        print(f"Left out: {path} {why}")
    print(f"Report: {REPORT}/index.html, and README.md beside it")
