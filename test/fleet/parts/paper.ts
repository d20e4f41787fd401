import { holds, told } from '../../faults/figures/figure.ts'
import type { Scenario } from '../../faults/scenarios/scenario.ts'
import { measureTimes } from '../paper/measure-times.ts'
import { paperText } from '../paper/table.ts'

/** The price is an assumption: look up the price of your machines. */
export const paperMachines = { count: 50, cores: 4, pricePerHour: 0.145 }

/** Computes fleets on paper, from times that are measured. */
export const paperScenario: Scenario = {
  name: 'paper',
  title: '10,000,000 image sets on 50 machines, on paper',
  async run({ folder }) {
    const { times, redisBytes } = await measureTimes(folder)
    return {
      figures: [
        holds(
          'times are above 0',
          Object.values(times).every((time) => time > 0),
          JSON.stringify(times),
        ),
        told('CPU time of a submitted image set', times.submitted, 'ms'),
        told('CPU time of an image set, headers of one instance', times.imageSet, 'ms'),
        told('CPU time of a frame, decoded', times.frame, 'ms'),
        told('memory of Redis for a job', redisBytes.waiting, 'bytes'),
        told('memory of Redis for a job that is done', redisBytes.done, 'bytes'),
      ],
      text: paperText({ times, redisBytes, machines: paperMachines }),
    }
  },
}
