/**
 * `npm run faults`: runs exports under faults, prints the results and writes them to docs/reliability.md. Exits with 1 if a
 * limit was missed.
 *
 * `--only NAME` runs some scenarios, `--short` all of them in small; neither writes the document. `--rounds N` is how often
 * the scenarios that kill do so.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { machineText } from '../bench/report/machine.ts'
import { parseFaultsArguments } from './arguments.ts'
import { reliabilityDocument } from './report/document.ts'
import { missed, runScenarios } from './run.ts'
import { scenarios } from './scenarios/index.ts'

const names = scenarios.map(({ name }) => name)
const { only, isShort, rounds } = parseFaultsArguments(process.argv.slice(2), names)
const asked = scenarios.filter(({ name }) => only?.includes(name) ?? true)
const runs = await runScenarios(asked, { isShort, rounds })
const text = reliabilityDocument(runs, { machine: machineText(), isShort })
console.log(`\n${text}`)
if (only === undefined && !isShort && rounds === undefined)
  await writeFile(fileURLToPath(new URL('../../docs/reliability.md', import.meta.url)), text)
const lacking = missed(runs)
for (const limit of lacking) console.error(`missed: ${limit}`)
if (lacking.length > 0) process.exitCode = 1
