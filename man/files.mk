# One line a page.
dist_man_MANS += man/rollcall.cfg.5
dist_man_MANS += man/rollcall-guarantees.7
dist_man_MANS += man/rollcall-sandbox.1
dist_man_MANS += man/rollcall.1
