import { runCommand } from '../command/command.ts'
import { equals, told } from '../figures/figure.ts'
import { requestsByOperation } from '../server/count-requests.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

/** Lists image sets while every third page of the search goes wrong. */
export const searchPagesScenario: Scenario = {
  name: 'search-pages',
  title: 'Every third page of a search throttled, reset, cut, truncated or answered with an error',
  async run({ isShort }) {
    const imageSets = isShort ? 1000 : 5000
    await using server = await startServer()
    await server.addSynthetic({ imageSets, rows: 16, columns: 16 })
    await server.setFaults({
      seed: 3,
      rules: [
        { rate: 0.1, fault: { kind: 'error', code: 'ThrottlingException' } },
        { rate: 0.1, fault: { kind: 'reset' } },
        { rate: 0.05, fault: { kind: 'cut' } },
        { rate: 0.05, fault: { kind: 'truncate' } },
        { rate: 0.05, fault: { kind: 'error', code: 'ServiceUnavailable' } },
      ],
    })
    const { exitCode, stdout } = await runCommand(['search', '--json'], { env: server.env })
    const found = stdout.split('\n').flatMap((line) => /"imageSetId":"(\w+)"/.exec(line)?.[1] ?? [])
    const counters = await server.counters()
    return {
      figures: [
        equals('exit code', exitCode, 0),
        equals('image sets found', new Set(found).size, imageSets),
        equals('image sets found twice', found.length - new Set(found).size, 0),
        told('requests of pages', requestsByOperation(counters).get('SearchImageSets') ?? 0),
        told(
          'faults',
          Object.values(counters.faults).reduce((total, count) => total + count, 0),
        ),
      ],
    }
  },
}
