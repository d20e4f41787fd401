import { describe, expect, test } from 'vitest'
import { displayWidth, formatTable } from '../src/table.ts'
import { programForTests } from './support/program.ts'

const columns = [{ title: 'Id' }, { title: 'Description', mayBeCut: true }, { title: 'Count', align: 'right' }] as const

describe('formatTable', () => {
  test('aligns columns', () => {
    const table = formatTable(columns, [
      ['a', 'Thorax', '588'],
      ['bcd', '', '1'],
    ])
    expect(table).toBe(['Id   Description  Count', 'a    Thorax         588', 'bcd                   1', ''].join('\n'))
  })

  test('cuts what may be cut to the width of the terminal, and no identifier', () => {
    const id = '1.2.840.113619.2.30.1.1762295590'
    const table = formatTable(columns, [[id, 'a description far too long for this', '1']], { width: 56 })
    expect(table.split('\n')[1]).toBe(`${id}  a description…       1`)
  })

  test('cuts nothing where that does not make it fit', () => {
    const id = '1.2.840.113619.2.30.1.1762295590'
    const table = formatTable(columns, [[id, 'a description', '1']], { width: 40 })
    expect(table).toContain('a description')
  })

  test.each([0, 1, 20, 40, 80])('in %i columns, cuts no identifier and marks what it cuts', (width) => {
    const id = '1.2.840.113619.2.30.1.1762295590'
    const description = 'a description far too long for this terminal, whatever its width may be'
    const lines = formatTable(columns, [[id, description, '588']], { width }).split('\n')
    expect(lines[1]).toContain(id)
    expect(lines[1]).toMatch(/588$/)
    expect(lines[1]?.includes(description) === true || lines[1]?.includes('…') === true).toBe(true)
    expect(displayWidth(lines[1] ?? '') <= width || width < 80).toBe(true)
  })

  test('lets no value drive the terminal', () => {
    expect(formatTable([{ title: 'A' }], [['\u{1B}[2Jx\ny']])).toBe('A\n\u{FFFD}[2Jx\u{FFFD}y\n')
  })

  test('gives ideographs two columns', () => {
    expect(displayWidth('山田^太郎')).toBe(9)
    expect(displayWidth('e\u{301}')).toBe(1)
  })
})

test.each([0, 1, 20, 40, 80])('the help in %i columns has all options and commands', (columns) => {
  const program = programForTests(columns)
  for (const command of [program, ...program.commands]) {
    const help = command.helpInformation()
    const shown = command.options.filter(({ hidden }) => !hidden)
    const names = [...shown.flatMap(({ long }) => long ?? []), ...command.commands.map((sub) => sub.name())]
    expect(names.filter((name) => !help.includes(name))).toEqual([])
  }
})
