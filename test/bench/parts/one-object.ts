import { smallFrameSide } from '../rounds/bench.ts'
import type { FigureName } from '../measure/results.ts'
import type { Part } from './part.ts'

const frames = 10_000
const size = `${smallFrameSide} x ${smallFrameSide} x 16 bit`
const cpuRatio: FigureName = {
  title: `one object of 10,000 frames over 10,000 instances (${size}): CPU`,
  unit: 'times',
  aim: { atMost: 1.1 },
}
const wallRatio: FigureName = {
  ...cpuRatio,
  title: `one object of 10,000 frames over 10,000 instances (${size}): wall`,
}

/** One object of many frames beside as many instances of one frame each. */
export const oneObjectPart: Part = {
  name: 'one-object',
  async prepare(bench) {
    const { server, results } = bench
    const object = await server.addSynthetic({ frames, rows: smallFrameSide, columns: smallFrameSide })
    const objectRun = { title: `one object of 10,000 frames, ${size}, explicit`, items: frames, dataSet: object }
    const instances = await bench.smallInstances()
    const instancesRun = { title: `10,000 instances, ${size}, explicit`, items: frames, dataSet: instances }
    return async (round) => {
      const one = await round.export(objectRun)
      const many = await round.export(instancesRun)
      results.addFigure(cpuRatio, one.cpuSeconds / many.cpuSeconds)
      results.addFigure(wallRatio, one.wallSeconds / many.wallSeconds)
    }
  },
}
