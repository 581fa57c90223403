#!/usr/bin/env python3
"""any_text.py READING [TEXTS [SEED]] - for any bytes no record is lost or invented: what READING (reading.c) sends of a text
are the cells that Python's csv, and libcsv in its strict mode where libcsv.so.3 is there, read in it.

Where the dialects agree, that is: what rollcall refuses (a stray quotation mark, a return of its own, an empty line, another
number of fields, a NUL, bytes that are not UTF-8) the others may take. Texts that are well formed by their making must not be refused.
Prints what is not so, and in the end one line on stderr: texts, those that were sent, records."""
import csv, ctypes, io, random, struct, subprocess, sys

DELIMITERS = ',\t|;'
csv.field_size_limit(1 << 24)


# ---- texts

def cell(chance, delimiter, quotes):
    plain = ['', 'a', 'Núñez', ' ', ' x ', '0', 'A LONG TEXT FOR MORE THAN A BLOCK OF SIXTY FOUR BYTES, WELL BEYOND IT'.replace(',', ''), "O'Brien"]
    odd = ['', 'a', '"', '\n', '\r\n', '\r', delimiter, '""', ' ', 'x' * 70, '\u00e9', '\n\n']
    if not quotes:
        return chance.choice(plain + ['"', '5\'10" TALL', '""']), False
    if chance.random() < .5:
        return ''.join(chance.choice(odd) for _ in range(chance.randint(0, 4))), True
    return chance.choice(plain), False


def good(chance, delimiter, quotes):
    """A text that every reader must take, and its cells."""
    rows, text = [], ''
    count = chance.choice([0, 1, 2, 3, 10, 40])
    for i in range(count):
        cells = [cell(chance, delimiter, quotes) for _ in range(3)]
        rows.append([value for value, _ in cells])
        text += delimiter.join('"' + value.replace('"', '""') + '"' if quoted else value for value, quoted in cells)
        text += chance.choice(['\n', '\n', '\r\n', '' if i == count - 1 else '\n'])
    return text.encode(), rows


def wild(chance, delimiter):
    signs = [b'"', b'"', delimiter.encode(), delimiter.encode(), b'\n', b'\r\n', b'\r', b'a', b'bc', b' ', '\u00f1'.encode(), b'\xc3', b'\0']
    weights = [4, 4, 8, 8, 5, 3, 1, 8, 4, 2, 2, .2, .1]
    return b''.join(chance.choices(signs, weights, k=chance.randint(0, 60)))


def spoiled(chance, text):
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice([b'"', b'\n', b'\r', b',', b'', b'"\n', b' ']) + text[at + chance.randint(0, 2):]


# ---- readers

def by_python(text, delimiter, quotes):
    dialect = {'strict': True} if quotes else {'quoting': csv.QUOTE_NONE}
    return list(csv.reader(io.StringIO(text.decode(), newline=''), delimiter=delimiter, **dialect))


class LibCsv:
    STRICT, STRICT_FINI = 1, 4
    Cell = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
    Row = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p)
    Space = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_ubyte)

    def __init__(self):
        self.lib = ctypes.CDLL('libcsv.so.3')
        self.lib.csv_parse.restype = ctypes.c_size_t
        self.no_space = self.Space(lambda sign: 0)

    def read(self, text, delimiter):
        parser = ctypes.create_string_buffer(512)
        rows, row = [], []
        on_cell = self.Cell(lambda at, size, _: row.append(ctypes.string_at(at, size).decode()))

        def end(sign, _):
            rows.append(row[:])
            row.clear()
        on_row = self.Row(end)
        self.lib.csv_init(parser, ctypes.c_ubyte(self.STRICT | self.STRICT_FINI))
        self.lib.csv_set_delim(parser, ctypes.c_ubyte(ord(delimiter)))
        self.lib.csv_set_space_func(parser, self.no_space)
        used = self.lib.csv_parse(parser, text, ctypes.c_size_t(len(text)), on_cell, on_row, None)
        failed = used < len(text) or self.lib.csv_fini(parser, on_cell, on_row, None)
        self.lib.csv_free(parser)
        return None if failed else rows


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 6000
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20261128)
    try:
        libcsv = LibCsv()
    except OSError:
        libcsv = None
    asked, request = [], bytearray()
    for i in range(count):
        which, quotes, is_mapped = chance.randrange(4), chance.random() < .85, chance.random() < .5
        delimiter = DELIMITERS[which]
        text, rows = good(chance, delimiter, quotes)
        if i % 3 == 1:
            text, rows = wild(chance, delimiter), None
        elif i % 3 == 2:
            text, rows = spoiled(chance, text), None
        if not is_mapped:
            text = f'p{delimiter}q{delimiter}r\n'.encode() + text
        asked.append((delimiter, quotes, is_mapped, text, rows))
        request += struct.pack('<BBBBI', which | (not quotes) << 2, chance.randrange(256), chance.choice([0, 1, 2, 7]), is_mapped,
            len(text)) + text
    answer = io.BytesIO(subprocess.run([sys.argv[1]], input=request, stdout=subprocess.PIPE, check=True).stdout)
    sent_count = records = wrong = 0

    def differs(what, asked, *more):
        nonlocal wrong
        wrong += 1
        if wrong <= 10:
            print(what, asked, *more)

    for one in asked:
        delimiter, quotes, is_mapped, text, rows = one
        length = struct.unpack('<I', answer.read(4))[0]
        if length == 0xFFFFFFFF:
            if rows is not None:
                differs('a good text is refused:', one)
            continue
        try:
            sent = by_python(answer.read(length), ',', True)
        except csv.Error as error:
            differs('what is sent has other cells than any, it cannot be read:', one, error)
            continue
        sent_count += 1
        records += len(sent)
        try:
            found = by_python(text, delimiter, quotes)
        except (csv.Error, UnicodeDecodeError) as error:
            differs('Python refuses what is sent:', one, error)
            continue
        if sent != found[not is_mapped:]:
            differs('Python reads other cells:', one, sent)
        if rows is not None and sent != rows:
            differs('what was written is not what is sent:', one, sent)
        if libcsv and quotes:
            found = libcsv.read(text, delimiter)
            if found is None or sent != found[not is_mapped:]:
                differs('libcsv reads other cells:', one, found, sent)
    print(f'{count:,} texts, {sent_count:,} sent, {records:,} records; libcsv: {"yes" if libcsv else "not installed"}', file=sys.stderr)


if __name__ == '__main__':
    main()
