import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../command/command.ts'
import { exportAll } from '../command/export-all.ts'
import { damagesOfFiles, damagesOfRecord } from '../exported/damages.ts'
import { verifiedFigures } from '../exported/verify.ts'
import { holds, type Figure } from '../figures/figure.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

const instances = 12

/** Damages exports in all kinds of ways and lets `verify` find each. */
export const verifiedDamageScenario: Scenario = {
  name: 'verified-damage',
  title: '`verify` finds each kind of damage',
  async run({ folder }) {
    await using server = await startServer()
    await server.addSynthetic({ imageSets: 3, instances: instances / 3, rows: 32, columns: 32 })
    const whole = join(folder, 'whole')
    await exportAll(server, whole)
    const figures: Figure[] = await verifiedFigures(whole, instances)
    for (const [index, damage] of [...damagesOfFiles, ...damagesOfRecord].entries()) {
      const out = join(folder, `damaged-${index}`)
      await cp(whole, out, { recursive: true })
      const words = await damage.apply(out)
      const { exitCode, stdout, stderr } = await runCommand(['verify', out, '--show-paths'])
      const isNamed = words.some((word) => stdout.includes(word) || stderr.includes(word))
      figures.push(
        holds(damage.name, exitCode !== 0 && isNamed, `exit code ${exitCode}, ${stdout.trim()} ${stderr.trim()}`),
      )
    }
    return { figures }
  },
}
