import { join } from 'node:path'
import { exportAll } from '../command/export-all.ts'
import { differences, readExport } from '../exported/read-export.ts'
import { equals, told } from '../figures/figure.ts'
import { requestsByOperation } from '../server/count-requests.ts'
import { startServer } from '../server/server-process.ts'
import type { Scenario } from './scenario.ts'

/** Exports whole instances while connections end before and within them. */
export const streamedInstancesScenario: Scenario = {
  name: 'streamed-instances',
  title: '1 % of connections reset before and within whole instances (`--source instance`)',
  async run({ folder, isShort }) {
    const instances = isShort ? 100 : 600
    const options = ['--source', 'instance', '--transfer-syntax', 'stored']
    await using server = await startServer()
    await server.addSynthetic({ imageSets: 4, instances: instances / 4, frames: 3, rows: 256, columns: 256 })
    await exportAll(server, join(folder, 'undisturbed'), { options })
    const operations = ['GetDICOMInstance']
    await server.setFaults({
      seed: 5,
      rules: [
        { operations, rate: 0.01, fault: { kind: 'reset' } },
        { operations, rate: 0.01, fault: { kind: 'cut' } },
      ],
    })
    const out = join(folder, 'disturbed')
    const { exitCode } = await exportAll(server, out, { options })
    const counters = await server.counters()
    const different = differences(await readExport(out), await readExport(join(folder, 'undisturbed')))
    return {
      figures: [
        equals('exit code', exitCode, 0),
        equals('instances exported', (await readExport(out)).files.size, instances),
        equals('files and entries that differ', different.length, 0),
        told('resets and cuts', (counters.faults['reset'] ?? 0) + (counters.faults['cut'] ?? 0)),
        told('extra requests', (requestsByOperation(counters).get('GetDICOMInstance') ?? 0) - 2 * instances),
      ],
    }
  },
}
