# The pretend nation. libmodel.a is pure and also serves simulations; the program puts HTTP,
# a ledger and a clock around it. Both know runner/base and nothing else of ours.
bin_PROGRAMS += rollcall-sandbox
rollcall_sandbox_SOURCES = \
	%D%/control.c %D%/control.h \
	%D%/digest.c %D%/digest.h \
	%D%/exchange.c %D%/exchange.h \
	%D%/ledger.c %D%/ledger.h \
	%D%/main.c \
	%D%/nation.c %D%/nation.h \
	%D%/order.c %D%/order.h \
	%D%/reply.h \
	%D%/server.c %D%/server.h
rollcall_sandbox_LDADD = libmodel.a libbase.a $(MICROHTTPD_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS) \
	-lpthread

noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	%D%/answer.c %D%/answer.h \
	%D%/ballots.c %D%/ballots.h \
	%D%/base64.c %D%/base64.h \
	%D%/body.c %D%/body.h \
	%D%/chance.h \
	%D%/csv.c %D%/csv.h \
	%D%/fault.c %D%/fault.h \
	%D%/fields.c %D%/fields.h \
	%D%/model.c %D%/model.h \
	%D%/names.c %D%/names.h \
	%D%/people.c %D%/people.h \
	%D%/table.c %D%/table.h \
	%D%/throttle.h \
	%D%/tokens.c %D%/tokens.h
