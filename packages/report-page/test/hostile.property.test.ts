import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dicomFile, exportDouble } from './export-double.ts'
import { blocksOf, pageOf } from './read-page.ts'

/** Texts that mean something to a parser of HTML or JavaScript, between others. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<img src=x onerror=alert(1)>',
        '</script>',
        '<script>',
        '<!--',
        '-->',
        ']]>',
        '&lt;',
        '\u2028',
        '\u2029',
        '\u0085',
        '\u0000',
        '\u001b[31m',
        '"',
        "'",
        '`',
        '${1}',
        '\u202e',
        '%',
        '#',
        '?',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''))

function tagsOf(page: string): number {
  return page.match(/[<>]/g)?.length ?? 0
}

test('no text becomes markup, and each comes as it is', async () => {
  const empty = await pageOf({ destination: await exportDouble({ files: [] }) })
  await fc.assert(
    fc.asyncProperty(hostile, hostile, hostile, async (text, message, id) => {
      const sop = text.toWellFormed()
      const destination = await exportDouble({
        files: [{ sop, study: `s${sop}`, path: `${sop.replaceAll(/[\\/]/g, '_')}x.dcm`, bytes: () => dicomFile() }],
        failures: [
          {
            datastoreId: '1',
            code: 'X',
            message: message.toWellFormed(),
            imageSetId: id.toWellFormed(),
            retryable: false,
          },
        ],
      })
      const page = await pageOf({ destination, linkBase: '', withPatientData: true })
      // Two blocks of the series are the only elements that data adds.
      expect(tagsOf(page)).toBe(tagsOf(empty) + 8)
      // eslint-disable-next-line no-control-regex
      expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/)
      const { series, instances, failures } = blocksOf(page)
      expect(series[0]?.study).toBe(`s${sop}`)
      for (const [, , , files] of instances[0] ?? []) {
        for (const [link, path] of files) {
          expect(link).toMatch(/^(?:[A-Za-z0-9\-_.!~*'()]|%[0-9A-F]{2})*$/)
          expect(decodeURIComponent(link)).toBe(path)
        }
      }
      expect(failures[0]?.[1]).toBe(message.toWellFormed())
    }),
    { numRuns: 60 },
  )
})
