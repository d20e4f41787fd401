import { expect, test } from 'vitest'
import { parseFaultsArguments } from './faults/arguments.ts'
import { atLeast, atMost, equals, holds, told } from './faults/figures/figure.ts'
import { reliabilityDocument } from './faults/report/document.ts'
import { missed, type ScenarioRun } from './faults/run.ts'

const scenario = { name: 'kills', title: 'Kills | cuts', run: () => Promise.reject(new Error('not run')) }
const figures = [
  equals('exit code', 5, 0),
  atMost('time', 65.25, 66, 's'),
  atLeast('kills', 1200, 50),
  holds('named', false, 'a | b'),
  told('requests', 1234),
]
const runs: readonly ScenarioRun[] = [
  { scenario, result: { figures }, seconds: 12.4 },
  { scenario: { ...scenario, name: 'disk', title: 'Disk' }, result: { skipped: 'no mount' }, seconds: 0 },
]

test('the document has a row for each figure, with its limit and whether it is met', () => {
  const text = reliabilityDocument(runs, { machine: 'Machine.', isShort: false })
  expect(text).toContain('Machine.\n\n2 scenarios, 1 skipped, 4 limits, 2 met.\n')
  expect(text).toContain('## Kills | cuts\n\n`npm run faults -- --only kills`, 12 s\n')
  expect(text.split('\n').filter((line) => line.startsWith('|'))).toEqual([
    '| figure | value | limit | met |',
    '| --- | --- | --- | --- |',
    '| exit code | 5 | 0 | **no** |',
    '| time | 65.25 s | at most 66 s | yes |',
    '| kills | 1,200 | at least 50 | yes |',
    String.raw`| named | no: a \| b | yes | **no** |`,
    '| requests | 1,234 |  |  |',
  ])
  expect(reliabilityDocument(runs, { machine: 'Machine.', isShort: true })).toContain('A short run')
  expect(text).toContain('## Disk\n\n`npm run faults -- --only disk`\n\nSkipped: no mount.\n')
})

test('limits that are not met are missed, those of skipped scenarios are not', () => {
  expect(missed(runs)).toEqual(['kills: exit code', 'kills: named'])
})

test('the command line names scenarios that there are', () => {
  expect(parseFaultsArguments(['--only', 'kills', '--rounds', '3'], ['kills'])).toEqual({
    isShort: false,
    rounds: 3,
    only: ['kills'],
  })
  expect(() => parseFaultsArguments(['--only', 'other'], ['kills'])).toThrow('--only takes kills, not other')
  expect(() => parseFaultsArguments(['--rounds', '0'], [])).toThrow('--rounds takes a number from 1 on, not 0')
})
