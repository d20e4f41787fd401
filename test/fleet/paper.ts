/**
 * `node test/fleet/paper.ts`: measures the time that a fleet needs for an image set and a frame. Prints the time and cost of
 * exports of large data stores. The options `--machines N`, `--cores N` and `--price DOLLARS` (one machine for one hour) set
 * the assumptions.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureTimes } from './paper/measure-times.ts'
import { paperText } from './paper/table.ts'
import { paperMachines } from './parts/paper.ts'

const { values } = parseArgs({
  options: {
    machines: { type: 'string', default: String(paperMachines.count) },
    cores: { type: 'string', default: String(paperMachines.cores) },
    price: { type: 'string', default: String(paperMachines.pricePerHour) },
  },
})
const machines = { count: Number(values.machines), cores: Number(values.cores), pricePerHour: Number(values.price) }
if (!Object.values(machines).every((number) => number > 0)) throw new Error('Give numbers above 0')
const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-paper-'))
try {
  console.log(paperText({ ...(await measureTimes(folder)), machines }))
} finally {
  await rm(folder, { recursive: true, force: true })
}
