import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { cellText, encodeCsv, encodeNdjson, encodeParquet, tableColumns, type TableRow } from '@ahi-dicom/exporter'
import * as fc from 'fast-check'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'

const columns = tableColumns({ columns: ['PatientID', 'Rows', 'ImageType', 'ReferencedImageSequence'] })
const names = columns.map(({ name }) => name)

async function* each(rows: readonly TableRow[]): AsyncGenerator<TableRow> {
  yield* rows
}

async function csv(rows: readonly TableRow[], forSpreadsheets = false): Promise<string> {
  return (await buffer(encodeCsv(each(rows), columns, { forSpreadsheets }))).toString()
}

/** Parses CSV by the grammar of RFC 4180. Returns the fields, and whether each was quoted. */
function parseCsv(text: string): (readonly [string, boolean])[][] {
  const rows: (readonly [string, boolean])[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  for (const [, quoted, plain = '', end] of text.matchAll(field)) {
    rows.at(-1)?.push([quoted?.replaceAll('""', '"') ?? plain, quoted !== undefined])
    if (end === '\r\n') rows.push([])
  }
  expect(rows.pop()).toEqual([])
  expect(rows.flat()).toHaveLength(rows.length * columns.length)
  return rows
}

/** Text that is hard to quote, and any text that UTF-8 can represent. */
const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '\\', ' ', '=', "'", '\t', '\0', 'a', '\u{FEFF}') }),
  fc.string({ unit: 'grapheme' }),
)
const cell: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  hostile,
  fc.array(hostile),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.constant<JsonValue>([{ CodeValue: '"x",\r\n' }]),
)
const row: fc.Arbitrary<TableRow> = fc
  .tuple(...names.map(() => cell))
  .map((cells) =>
    Object.fromEntries(cells.flatMap((value, index) => (value === undefined ? [] : [[names[index], value]]))),
  )

describe('CSV', () => {
  test('preserves every value, and distinguishes empty from absent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 5 }), async (rows) => {
        const [head, ...lines] = parseCsv(await csv(rows))
        expect(head?.map(([text]) => text)).toEqual(names)
        const expected = rows.map((one) =>
          names.map((name) => {
            const value = one[name]
            const text = cellText(value ?? null)
            return [text, text === '' && value !== undefined]
          }),
        )
        const read = lines.map((line) => line.map(([text, isQuoted]) => [text, text === '' && isQuoted]))
        expect(read).toEqual(expected)
      }),
    )
  })

  test('for spreadsheets has no text that starts like a formula', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 5 }), async (rows) => {
        const text = await csv(rows, true)
        expect(text.startsWith('\u{FEFF}')).toBe(true)
        const [, ...lines] = parseCsv(text.slice(1))
        for (const [index, line] of lines.entries()) {
          for (const [at, [shown]] of line.entries()) {
            const value = rows[index]?.[names[at] ?? ''] ?? null
            const isNumber = typeof value === 'number' || typeof value === 'bigint'
            expect(shown).toMatch(isNumber ? /^(?:-?[\d.e+-]+|NaN|-?Infinity)$/ : /^(?![=+\-@\t\r\n])/)
          }
        }
      }),
    )
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-5 mm', "'-5 mm"],
    ['＝1', "'＝1"],
    ["'=1", "'=1"],
    ['a=1', 'a=1'],
  ])('%s for spreadsheets', async (value, shown) => {
    expect(await csv([{ PatientID: value, Rows: -5 }], true)).toContain(`\r\n${shown},-5,,\r\n`)
  })

  test('one column has no empty line', async () => {
    const [first] = columns
    const text = (await buffer(encodeCsv(each([{}, { PatientID: null }]), [first]))).toString()
    expect(text).toBe('PatientID\r\n""\r\n""\r\n')
  })
})

test('NDJSON preserves every value, and has no line end or control character within a line', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 5 }), async (rows) => {
      const text = (await buffer(encodeNdjson(each(rows), columns))).toString()
      const lines = text.split('\n')
      expect(lines.map((line) => printable(line))).toEqual(lines)
      expect(lines.pop()).toBe('')
      expect(lines.map((line) => JSON.parse(line))).toEqual(rows.map((one) => asJson(one)))
    }),
  )
})

function isMisfit(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && !(Number.isInteger(value) && (Number(value) | 0) === value)
}

/** Returns numbers as a reader of doubles sees them. */
function asJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(asJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]))
}

describe('Parquet', () => {
  test('takes any value, and counts values that do not fit the type', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 5 }), async (rows) => {
        let misfits: ReadonlyMap<string, number> | undefined
        const onMisfits = (counted: ReadonlyMap<string, number>): void => void (misfits = counted)
        const bytes = await buffer(encodeParquet(each(rows), columns, { onMisfits }))
        expect([bytes.subarray(0, 4), bytes.subarray(-4)].map(String)).toEqual(['PAR1', 'PAR1'])
        const expected = rows.filter((one) => isMisfit(one['Rows'])).length
        expect(misfits).toEqual(new Map(expected === 0 ? [] : [['Rows', expected]]))
      }),
    )
  })

  test('is written in row groups', async () => {
    const chunks: number[] = []
    let given = 0
    async function* many(): AsyncGenerator<TableRow> {
      for (; given < 200_000; given++) yield { PatientID: String(given), Rows: given, ImageType: ['A', 'B'] }
    }
    for await (const _ of encodeParquet(many(), columns)) chunks.push(given)
    expect(chunks.length).toBe(5)
    expect(chunks[0]).toBeLessThan(70_000)
  })
})
