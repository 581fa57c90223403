#!/usr/bin/env python3
"""other_reader.py JOB - what the nation must hold after the load of JOB, said by another reader.

Reads the job file and its inputs by itself: Python's csv and codecs, and the rules of rollcall.cfg(5) written
once more, nothing of ours. Prints what is not so, and nothing if all agrees:

    check.json      `rollcall check --json JOB`: rows, sent, left out, and every rule with its count
    run.err         what `rollcall run JOB` said: the same counts at its end
    NAME.run/       report.csv and summary.csv
    people.table    the nation's people (GET /sandbox/people.csv), every field that is sent
    ballots.table   the nation's ballots, for a ballot source: voter, election, method

One source a job; a nation that had no ballots before. Inputs of gigabytes are read a row at a time; of a person a
hash is kept. The last line on stderr is what was compared."""
import codecs, collections, csv, datetime, functools, glob, io, json, os, re, sys

BLANKS = ' \t\r\n'
csv.field_size_limit(1 << 30)


# ---- the job file: as much of libconfig's syntax as jobs need

def parse(text):
    token = re.compile(r'\s+|#[^\n]*|//[^\n]*|/\*.*?\*/|("(?:[^"\\]|\\.)*")|([A-Za-z*][-\w*]*)|(\d+)|([=:;,(){}\[\]])', re.S)
    tokens = [match for match in token.finditer(text) if match.lastindex]
    at = 0

    def peek():
        return tokens[at].group() if at < len(tokens) else ''

    def take():
        nonlocal at
        at += 1
        return tokens[at - 1]

    def group(end):
        found = {}
        while peek() != end:
            name = take().group()
            assert take().group() in '=:'
            found[name] = value()
            if peek() in ';,' and peek():
                take()
        if end:
            take()
        return found

    def value():
        first = take()
        if first.group() == '{':
            return group('}')
        if first.group() in '([':
            end, found = {'(': ')', '[': ']'}[first.group()], []
            while peek() != end:
                found.append(value())
                if peek() == ',':
                    take()
            take()
            return found
        if first.group(1):
            said = first.group()
            while peek().startswith('"'):
                said = said[:-1] + take().group()[1:]
            return codecs.escape_decode(said[1:-1].encode())[0].decode()
        return {'true': True, 'false': False}.get(first.group(), first.group())

    return group('')


# ---- steps: each gives (value, reason or None, whether the row is left out)

FORMS = {'MM/DD/YYYY': (r'(?P<m>\d\d)/(?P<d>\d\d)/(?P<y>\d{4})'), 'M/D/YYYY': r'(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})',
    'MMDDYYYY': r'(?P<m>\d\d)(?P<d>\d\d)(?P<y>\d{4})', 'YYYY-MM-DD': r'(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)',
    'YYYYMMDD': r'(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)', 'DD-MON-YYYY': r'(?P<d>\d\d)-(?P<mon>[A-Za-z]{3})-(?P<y>\d{4})',
    'YYYY': r'(?P<y>\d{4})'}
TIME = r'(?:[ T]\d\d?:\d\d?(?::\d\d?(?:\.\d+)?)?\s*(?:AM|PM|Z|[-+]\d\d?:?(?:\d\d?)?)?)?'


def day_of(form, text):
    """A date of the calendar, or None."""
    found = re.fullmatch(FORMS[form] + TIME, text.strip(BLANKS), re.A | re.I)
    if not found:
        return None
    part = found.groupdict()
    month = part.get('m') or '1'
    if 'mon' in part:
        month = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split().index(part['mon'].upper()) + 1
    try:
        return datetime.date(int(part['y']), int(month), int(part.get('d') or 1))
    except ValueError:
        return None


def capital(word):
    def letter(found):
        before, sign = word[:found.start()], found.group()
        begins = not before or not (before[-1].isalpha() or before[-1].isdigit())
        if before and before[-1] in "'\u2019\u02bb`":
            begins = len(word) > found.start() + 1 and word[found.start() + 1].isalpha()
        if re.search(r'(?:^|[^\w]|[_])MC$', before, re.I) and word[found.start():found.start() + 2].isalpha() and \
                len(word) >= found.start() + 2:
            begins = True
        return sign.upper() if begins else sign.lower()
    return re.sub(r'[^\W\d_]', letter, word)


@functools.lru_cache(100000)
def name_case(name):
    if name != name.upper() and name != name.lower():
        return name
    words = re.split(r'([ \t\r\n]+)', name)
    spoken = [i for i, word in enumerate(words) if word.strip(BLANKS)]
    led = False
    for i in spoken:
        word, bare = words[i].upper(), words[i].upper().rstrip(',.')
        leads = word in 'VAN VON DE DEL DEN DER DU DA DAS DO DOS TEN TER'.split() or (led and word in 'LA LAS LOS LE'.split())
        if bare in 'II III IV VII VIII IX'.split() or (bare == 'VI' and len(spoken) > 1):
            words[i], led = word, False
        elif leads and i != spoken[-1]:
            words[i], led = word.lower(), True
        else:
            words[i], led = capital(words[i]), False
    return ''.join(words)


def step_of(words, what, maps):
    name, _, rest = words.partition(' ')
    plain = {
        'name case': name_case, 'upper': str.upper, 'lower': str.lower, 'trim': lambda value: value.strip(BLANKS),
        'squeeze': lambda value: re.sub('[ \t\r\n]+', ' ', value.strip(BLANKS)),
        'digits': lambda value: re.sub('[^0-9]', '', value),
    }.get(words)
    if words.startswith('zero fill '):
        digits = int(words[10:])
        plain = lambda value: value.strip(BLANKS).zfill(digits) if re.fullmatch('[0-9]+', value.strip(BLANKS)) else value
    elif name == 'first':
        plain = lambda value: value[:int(rest)]
    elif name == 'default':
        plain = lambda value: value if value.strip(BLANKS) else rest
    elif name == 'after':
        plain = lambda value: value.partition(rest[1:-1])[2] if rest[1:-1] in value else value
    elif name == 'before':
        plain = lambda value: value.partition(rest[1:-1])[0]
    if plain:
        return lambda value: (plain(value), None, False)
    if name == 'date':
        rejects = ' or reject' in rest
        form = rest.replace(' or reject', '').partition(' after ')
        reason = f'{what} date {form[0]}' + ' or reject' * rejects

        def date(value):
            if form[1] and form[2][1:-1] in value:
                value = value.partition(form[2][1:-1])[2]
            if not value.strip(BLANKS):
                return '', None, False
            day = day_of(form[0], value)
            return (day.strftime('%m/%d/') + f'{day.year:04}', None, False) if day else ('', reason, rejects)
        return date
    assert name == 'map', words
    entries = dict(maps[rest])
    other = entries.pop('*', None)

    def mapped(value):
        key = value.strip(BLANKS)
        to, entry = (entries[key], key) if key in entries else (other, '*')
        if key not in entries and not key:
            return value, None, False
        if to == 'reject':
            return '', f'{what} map {rest} ("{entry}", "reject")', True
        if to == 'blank':
            return '', None, False
        if to in ('keep', None):
            return value, f'{what} map {rest}' if key not in entries else None, False
        return to, None, False
    return mapped


def steps_of(how, what, maps):
    steps = [step_of(words.strip(), what, maps) for words in how.split(',')] if how else []

    @functools.lru_cache(200000)
    def follow(value):
        reasons = []
        for step in steps:
            value, reason, leaves = step(value)
            if reason:
                reasons.append(reason)
            if leaves:
                return value, (reason,), True
        return value, tuple(reasons), False
    return follow


# ---- rules

def only_of(rule):
    column, test, rest = rule[0], rule[1], rule[2:]
    values = rest[0] if rest and isinstance(rest[0], list) else rest[:1]
    words = f'only {column} {test}' + (' ' + ', '.join(values) if values else '')
    if test in ('before', 'after'):
        form, day = (rest[1][5:] if len(rest) > 1 else 'MM/DD/YYYY'), day_of('MM/DD/YYYY', rest[0])

        def compare(value):
            there = day_of(form, value)
            return bool(there) and (there < day if test == 'before' else there > day)
        return column, compare, words
    pattern = ''.join({'*': '.*', '?': '.'}.get(sign, re.escape(sign)) for sign in (values or [''])[0])
    known = set(values)
    return column, {
        'in': lambda value: value in known, '=': lambda value: value in known,
        'not in': lambda value: value not in known, '!=': lambda value: value not in known,
        'blank': lambda value: not value, 'not blank': lambda value: bool(value),
        'matches': lambda value: bool(re.fullmatch(pattern, value, re.S)),
    }[test], words


# ---- a source

class Source:
    def __init__(self, path):
        job = parse(open(path, encoding='utf-8').read())
        self.folder = os.path.dirname(os.path.abspath(path))
        self.name = os.path.splitext(os.path.basename(path))[0]
        assert len(job['sources']) == 1
        self.source = job['sources'][0]
        self.maps = job.get('maps', {})
        self.type = self.source['type']
        self.counts = collections.Counter()
        self.rows = self.left_out = self.sent = 0

    def inputs(self):
        wanted = self.source['input']
        for name in [wanted] if isinstance(wanted, str) else wanted:
            found = sorted(glob.glob(os.path.join(glob.escape(self.folder), name)), key=os.fsencode)
            yield from found or [os.path.join(self.folder, name)]

    def records(self, path, prepare):
        """Lists of cells, and the names of the columns first."""
        source = self.source
        dialect = {'delimiter': {'csv': ',', 'tab': '\t', 'pipe': '|', 'semicolon': ';'}[source.get('format', 'csv')]}
        if source.get('quoting') == 'none':
            dialect['quoting'] = csv.QUOTE_NONE
        else:
            dialect['strict'] = True
        with open(path, encoding=source.get('encoding', 'utf-8-sig'), newline='') as file:
            reader = csv.reader(file, **dialect)
            prepare(source['header'] if 'header' in source else next(reader))
            yield from reader

    def clean(self, value):
        if 'hard returns' in self.source.get('clean', ''):
            value = re.sub('[\r\n]+', ' ', value)
        return value.replace('"', "'") if 'quotation marks' in self.source.get('clean', '') else value

    def prepare(self, names):
        self.at = {name: i for i, name in enumerate(names)}
        self.only = [only_of(rule) for rule in self.source.get('only', [])]
        columns = self.source.get('columns') or [(name, name) for name in names]
        self.outputs = []
        for column in columns:
            parts = re.split(r'\{([^}]*)\}', column[0]) if '{' in column[0] else ['', column[0]]
            cells = [(i % 2 == 1, self.at[part] if i % 2 else part) for i, part in enumerate(parts) if part]
            self.outputs.append((column[1], cells, steps_of(column[2] if len(column) > 2 else '', column[0], self.maps)))
        self.constants = [tuple(pair) for pair in self.source.get('constants', [])]
        self.histories, taken = [], set()
        for history in self.source.get('history', []):
            what = history.get('columns') or history['column']
            fits = [i for i, name in enumerate(names) if i not in taken and re.fullmatch(
                ''.join({'*': '.*', '?': '.'}.get(sign, re.escape(sign)) for sign in what), name)]
            taken.update(fits)
            self.histories.append((fits, names, history.get('separator'), f'{what} election is no date',
                steps_of(history['election'], what, self.maps),
                steps_of(history['method'], what, self.maps) if 'method' in history else None))

    def value(self, row, cells):
        if len(cells) == 1 and cells[0][0]:
            return self.clean(row[cells[0][1]])
        return ''.join(self.clean(row[what]) if is_column else what for is_column, what in cells)

    def votes(self, row):
        for fits, names, separator, no_date, election, method in self.histories:
            for i in fits:
                cell = self.clean(row[i]).strip(BLANKS)
                if not cell:
                    continue
                entries = [(names[i], cell)] if separator is None else \
                    [(entry.strip(BLANKS),) * 2 for entry in cell.split(separator) if entry.strip(BLANKS)]
                for named, said in entries:
                    day, reasons, leaves = election(named)
                    if not (day_of('MM/DD/YYYY', day) or day_of('YYYY-MM-DD', day)):
                        self.counts[reasons[-1] if reasons else no_date] += 1
                        continue
                    way = None
                    if method:
                        way, more, leaves = method(said)
                        self.counts.update(more if leaves else reasons + more)
                        if leaves:
                            continue
                    else:
                        self.counts.update(reasons)
                    yield {'election.election_at': day, **({'ballots.vote_method': way} if method else {})}

    def sends(self, row):
        """The rows that are sent of a record."""
        for column, holds, words in self.only:
            if not holds(self.clean(row[self.at[column]]).strip(BLANKS)):
                self.counts[words] += 1
                return []
        sent, reasons = {}, []
        for field, cells, follow in self.outputs:
            value, hits, leaves = follow(self.value(row, cells))
            if leaves:
                self.counts[hits[-1]] += 1
                return []
            reasons.extend(hits)
            sent[field] = value
        if reasons:
            self.counts.update(reasons)
        sent.update(self.constants)
        if not self.histories:
            return [sent]
        votes = [{**sent, **vote} for vote in self.votes(row)]
        if not votes:
            self.counts['history: no vote'] += 1
        return votes

    def run(self):
        for path in self.inputs():
            for row in self.records(path, self.prepare):
                self.rows += 1
                sent = self.sends(row)
                self.sent += len(sent)
                self.left_out += not sent
                yield from sent


# ---- what the nation, the reports and the program say

wrong = 0


def expect(what, want, got):
    global wrong
    if want == got:
        return
    wrong += 1
    if wrong <= 20:
        print(f'{what}: {want!r} is not {got!r}')


def table(name):
    with open(name, newline='', encoding='utf-8') as file:
        yield from csv.DictReader(file)


def key_of(row, fields):
    return hash(tuple(row.get(field, '').strip(BLANKS) for field in fields))


def compare_people(source):
    wanted, twice, fields = {}, set(), None
    for row in source.run():
        fields = fields or sorted(row)
        voter = row['state_file_id'].strip(BLANKS)
        if voter in wanted:
            twice.add(voter)
        wanted[voter] = key_of(row, fields)
    found = 0
    suspects = []
    for row in table('people.table'):
        voter = row['state_file_id']
        found += 1
        if voter not in wanted:
            expect('a person of the nation', 'in the file', voter)
        elif voter not in twice and wanted[voter] != key_of(row, fields):
            suspects.append(row)
    expect('people', len(wanted), found)
    # Which field it is that differs, of the first few.
    few = {row['state_file_id']: row for row in suspects[:10]}
    if few:
        again = Source(sys.argv[1])
        for row in again.run():
            person = few.get(row['state_file_id'].strip(BLANKS))
            for field in fields if person else ():
                expect(f"{row['state_file_id']} {field}", row[field].strip(BLANKS), person.get(field, ''))
    expect('people with another value', 0, len(suspects))
    return f'{found:,} people, {len(fields)} fields each, {len(twice):,} of them there twice'


def compare_ballots(source):
    """The nation refuses a ballot without a day, and one whose voter it does not have."""
    voters = {row['id']: row['state_file_id'] for row in table('people.table')}
    known = set(voters.values())
    want, failed = set(), 0
    for row in source.run():
        voter, day = row['state_file.id'].strip(BLANKS), day_of('MM/DD/YYYY', row['election.election_at'])
        if voter not in known or not day or row['ballots.vote_method'] not in ('voted', 'early', 'absentee'):
            failed += 1
            continue
        want.add(hash((voter, day.isoformat(), row['ballots.vote_method'])))
    ballots, found = len(want), 0
    for row in table('ballots.table'):
        found += 1
        mark = hash((voters[row['person_id']], row['election.election_at'], row['ballots.vote_method']))
        if mark in want:
            want.remove(mark)
        else:
            expect('a ballot of the nation', 'in the file, and once', (voters[row['person_id']],
                row['election.election_at'], row['ballots.vote_method']))
    expect('ballots', ballots, found)
    expect('ballots of the file that the nation does not have', 0, len(want))
    source.failed = failed
    return f'{found:,} ballots, {failed:,} refused by the nation'


def main():
    source = Source(sys.argv[1])
    source.failed = 0
    compared = compare_people(source) if source.type == 'people' else compare_ballots(source)
    check = json.load(open('check.json'))['sources'][0]
    rules = {rule['rule']: rule['rows'] for rule in check['rules'] if rule['rows']}
    expect('rules of check', dict(+source.counts), rules)
    for name, value in (('rows', source.rows), ('rows_left_out', source.left_out), ('rows_sent', source.sent)):
        expect(f'check: {name}', value, check[name])
    left = sum(count for rule, count in source.counts.items()
        if next(entry['what'] for entry in check['rules'] if entry['rule'] == rule) == 'left_out')
    expect('rows left out, added up over the rules', source.left_out, left)
    summary = list(table(f'{source.name}.run/summary.csv'))[-1]
    for name, value in (('rows_in_file', source.rows), ('rows_left_out', source.left_out), ('rows_sent', source.sent),
            ('rows_succeeded', source.sent - source.failed), ('rows_failed', source.failed), ('rows_unaccounted', 0)):
        expect(f'summary.csv: {name}', value, int(summary[name]))
    if not source.source.get('history'):
        expect('rows in = sent + left out', int(summary['rows_in_file']), int(summary['rows_sent']) + int(summary['rows_left_out']))
    ending = open('run.err', encoding='utf-8').read()
    for rule, count in source.counts.items():
        expect(f'the ending names "{rule}"', True, f'{count:,}' in ending and rule[:60] in ending)
    chunks = list(table(f'{source.name}.run/report.csv'))
    expect('chunks, in rows_sent', source.sent, sum(int(chunk['rows_sent']) for chunk in chunks))
    expect('chunks, in rows_left_out', source.left_out, sum(int(chunk['rows_left_out']) for chunk in chunks))
    last = {}
    for chunk in chunks:
        expect(f"{chunk['chunk']} of {chunk['source_file']} goes on where the one before ended",
            last.get(chunk['source_file'], 0) + 1, int(chunk['first_row']))
        last[chunk['source_file']] = int(chunk['last_row'])
    expect('last rows of the inputs', source.rows, sum(last.values()))
    print(f'{source.rows:,} records = {source.left_out:,} left out + rest; {source.sent:,} rows sent in {len(chunks)} chunks; '
        f'{compared}; ' + '; '.join(f'{count:,} {rule}' for rule, count in sorted(source.counts.items())), file=sys.stderr)
    if wrong > 20:
        print(f'{wrong} differences')


if __name__ == '__main__':
    main()
