#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/cli/verbs.h"

static int completion_run(const struct args *args, struct err *err);

const struct verb verb_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish",
	.least = 1,
	.most = 1,
	.summary = "prints a completion script for a shell",
	.help = "  bash:  eval \"$(rollcall completion bash)\"   in ~/.bashrc\n"
		"  zsh:   rollcall completion zsh > ~/.zfunc/_rollcall\n"
		"  fish:  rollcall completion fish > ~/.config/fish/completions/rollcall.fish\n",
	.is_built = true,
	.run = completion_run,
};

static void
print_words(const struct verb *verb)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (args_takes(verb, i))
			printf(" --%s", args_option((enum option)i)->name);
	}
	if (strcmp(verb->name, "completion") == 0)
		printf(" bash zsh fish");
}

static void
print_verbs(void)
{
	for (size_t i = 0; verbs[i]; i++)
		printf("%s%s", i ? " " : "", verbs[i]->name);
}

static void
print_bash(void)
{
	printf("_rollcall()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words\n"
	       "\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\twords=\"");
	print_verbs();
	printf(" --help --version\"\n\telse\n\t\tcase $verb in\n");
	for (size_t i = 0; verbs[i]; i++) {
		printf("\t\t%s) words=\"", verbs[i]->name);
		print_words(verbs[i]);
		printf("\" ;;\n");
	}
	printf("\t\tesac\n\tfi\n"
	       "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	       "\tif [ \"$COMP_CWORD\" -gt 1 ] && [ \"${word:0:1}\" != - ]; then\n"
	       "\t\tcompopt -o filenames 2>/dev/null\n"
	       "\t\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -X '!*.cfg' -- \"$word\")\n"
	       "\t\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- \"$word\")\n"
	       "\tfi\n}\ncomplete -F _rollcall rollcall\n");
}

/* In single quotes, where only ' itself needs care. */
static void
print_quoted(const char *text)
{
	for (; *text; text++)
		printf(*text == '\'' ? "'\\''" : "%c", *text);
}

static void
print_zsh(void)
{
	printf("#compdef rollcall\n_rollcall() {\n\tlocal -a verbs\n\tverbs=(\n");
	for (size_t i = 0; verbs[i]; i++) {
		printf("\t\t'%s:", verbs[i]->name);
		print_quoted(verbs[i]->summary);
		printf("'\n");
	}
	printf("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe verb verbs\n\t\treturn\n\tfi\n"
	       "\tcase $words[2] in\n");
	for (size_t i = 0; verbs[i]; i++) {
		printf("\t%s) compadd --", verbs[i]->name);
		print_words(verbs[i]);
		printf(" ;;\n");
	}
	printf("\tesac\n\t_files -g '*.cfg'\n}\n_rollcall \"$@\"\n");
}

static void
print_fish(void)
{
	for (size_t i = 0; verbs[i]; i++) {
		printf("complete -c rollcall -n __fish_use_subcommand -f -a %s -d '",
		    verbs[i]->name);
		print_quoted(verbs[i]->summary);
		printf("'\n");
		for (size_t j = 0; j < OPTION_COUNT; j++) {
			const struct option_row *row = args_option((enum option)j);

			if (!args_takes(verbs[i], j))
				continue;
			printf("complete -c rollcall -n '__fish_seen_subcommand_from %s' -l %s%s -d '",
			    verbs[i]->name, row->name, row->value ? " -r" : "");
			print_quoted(row->help);
			printf("'\n");
		}
	}
	printf("complete -c rollcall -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh "
	       "fish'\n");
}

static int
completion_run(const struct args *args, struct err *err)
{
	const char *shell = args->operands[0];

	if (strcmp(shell, "bash") == 0)
		print_bash();
	else if (strcmp(shell, "zsh") == 0)
		print_zsh();
	else if (strcmp(shell, "fish") == 0)
		print_fish();
	else
		return err_set(err, ERR_USAGE, "no completion for \"%s\": bash, zsh or fish", shell);
	return 0;
}
