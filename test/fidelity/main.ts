import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeDifferences } from '../interop/comparison.ts'
import { sharedFilesMissing } from '../interop/shared-files.ts'
import { runFidelity } from './run.ts'
import { fidelityDocument } from './table.ts'

/**
 * `npm run fidelity`: prints the table and writes it into docs/fidelity.md. With `-- --only NAME` it prints the rows of the
 * files whose names have NAME in them, each difference in full, and writes nothing. `--keep` leaves the files in place.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'boolean', default: false } } })
const repository = fileURLToPath(new URL('../..', import.meta.url))
process.env['PATH'] = [join(repository, '.tools/python/bin'), process.env['PATH']].join(delimiter)

const folder = await mkdtemp(join(tmpdir(), 'fidelity-'))
try {
  const { trips, comparison, rows } = await runFidelity(folder, values.only)
  const text = fidelityDocument(rows)
  console.log(text)
  for (const line of describeDifferences(comparison.files)) console.log(line)
  for (const { name, errors } of trips)
    for (const { kind, message } of errors) console.log(`${name} (${kind}) ${message}`)
  const missing = sharedFilesMissing()
  if (values.only === undefined && missing === undefined) await writeFile(join(repository, 'docs/fidelity.md'), text)
  if (values.only === undefined && missing !== undefined) console.error(`docs/fidelity.md stays as it is: ${missing}`)
  if (rows.some(({ lost }) => lost.length > 0)) process.exitCode = 1
} finally {
  if (values.keep) console.error(folder)
  else await rm(folder, { recursive: true, force: true })
}
