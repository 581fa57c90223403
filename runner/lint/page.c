#include "platform.h"

#include "runner/base/show.h"
#include "runner/lint/page.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n";

static const char style[] =
    "<style>\n"
    ":root { color-scheme: light dark; }\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem; }\n"
    "h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }\n"
    ".facts { opacity: .8; }\n"
    "article { border-left: .25rem solid #b35900; padding: .1rem 0 .1rem .8rem; margin: 1rem 0; "
    "break-inside: avoid; }\n"
    "article p { margin: .2rem 0; } article ul { margin: .2rem 0; padding-left: 1.2rem; }\n"
    ".rows { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }\n"
    "h1, p, code, li { overflow-wrap: anywhere; } li { font-size: .9rem; }\n"
    "h2 { break-after: avoid; }\n"
    "@media print { body { max-width: none; padding: 0; font-size: 11pt; } }\n"
    "</style>\n";

static void
add_escaped(struct buf *to, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		switch (text.ptr[i]) {
		case '&':
			buf_add_text(to, "&amp;");
			break;
		case '<':
			buf_add_text(to, "&lt;");
			break;
		case '>':
			buf_add_text(to, "&gt;");
			break;
		case '"':
			buf_add_text(to, "&quot;");
			break;
		default:
			buf_add_byte(to, text.ptr[i]);
		}
	}
}

static void
add_outside(struct buf *to, const char *text)
{
	SCOPED(buf) shown = BUF_INIT;

	show_safe(&shown, span_of(text), SIZE_MAX);
	add_escaped(to, buf_span(&shown));
}

static void
add_finding(struct buf *to, const struct page *page, const struct finding *finding)
{
	char rows[SHOW_BYTES];

	buf_add_text(to, "<article>\n<p><code>");
	add_outside(to, finding->field);
	buf_printf(to, "</code>: %s", findings_text(finding->kind));
	if (finding->rows)
		buf_printf(to, " &mdash; <span class=\"rows\">%s row%s</span>",
		    show_count(finding->rows, rows), finding->rows == 1 ? "" : "s");
	buf_add_text(to, "</p>\n");
	if (finding->example_count)
		buf_add_text(to, "<ul>\n");
	for (uint32_t i = 0; i < finding->example_count; i++) {
		SCOPED(buf) example = BUF_INIT;

		findings_show(&example, finding, i, page->input, page->ctx);
		buf_add_text(to, "<li>");
		add_escaped(to, buf_span(&example));
		buf_add_text(to, "</li>\n");
	}
	buf_add_text(to, finding->example_count ? "</ul>\n</article>\n" : "</article>\n");
}

void
page_write(struct buf *to, const struct page *page, const struct lint *lint)
{
	char number[SHOW_BYTES];
	uint32_t source = UINT32_MAX;

	buf_add_text(to, head);
	buf_add_text(to, "<title>");
	add_outside(to, page->job);
	buf_add_text(to, ": what a nation may stumble over</title>\n");
	buf_add_text(to, style);
	buf_add_text(to, "</head>\n<body>\n<h1>");
	add_outside(to, page->job);
	buf_add_text(to, ": what a nation may stumble over</h1>\n<p class=\"facts\">For ");
	add_outside(to, page->nation);
	buf_printf(to, ", %s. %s row%s as %s would be sent, ", page->when,
	    show_count(lint->rows, number), lint->rows == 1 ? "" : "s",
	    lint->rows == 1 ? "it" : "they");
	buf_printf(to, "%s finding%s. Nothing was sent.</p>\n",
	    lint->findings.count ? show_count(lint->findings.count, number) : "no",
	    lint->findings.count == 1 ? "" : "s");
	if (lint->ids.left_off)
		buf_printf(to, "<p>%s ids found no room and were not compared.</p>\n",
		    show_count(lint->ids.left_off, number));
	if (lint->findings.count == 0)
		buf_add_text(to, "<p>Nothing was found.</p>\n");
	for (size_t i = 0; i < lint->findings.count; i++) {
		if (lint->findings.all[i].source != source) {
			source = lint->findings.all[i].source;
			buf_add_text(to, "<h2>Source ");
			add_outside(to, page->sources[source]);
			buf_add_text(to, "</h2>\n");
		}
		add_finding(to, page, &lint->findings.all[i]);
	}
	buf_add_text(to, "</body>\n</html>\n");
}
