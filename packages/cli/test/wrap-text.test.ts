import { describe, expect, test } from 'vitest'
import { helpTopics } from '../src/help/topics.ts'
import { displayWidth } from '../src/table.ts'
import { wrapItem, wrapText } from '../src/wrap-text.ts'
import { programForTests } from './support/program.ts'

describe('wrapText', () => {
  test('leaves what fits as it is', () => {
    const text = 'Some words\nin two lines:\n\n  name   what it is\n'
    expect(wrapText(text, 20)).toBe(text)
  })

  test('breaks texts anew, and keeps what is set apart', () => {
    const text = 'One sentence in two lines.\nAnother one:\n\n  { "a": 1 }\nThe end.'
    expect(wrapText(text, 20)).toBe(
      ['One sentence in two', 'lines. Another one:', '', '  { "a": 1 }', 'The end.'].join('\n'),
    )
  })

  test('keeps descriptions in their column', () => {
    expect(wrapText('  5  only failures that may pass\n     and these', 30)).toBe(
      ['  5  only failures that may', '     pass', '     and these'].join('\n'),
    )
  })

  test('puts descriptions below where the column is too narrow', () => {
    expect(wrapText('  ahi-dicom plan STUDY_UID   what a study takes', 36)).toBe(
      ['  ahi-dicom plan STUDY_UID', '      what a study takes'].join('\n'),
    )
  })

  test('keeps commands whole', () => {
    const command = '  ahi-dicom search --json | ahi-dicom export - --out ./found'
    expect(wrapText(command, 20)).toBe(command)
  })
})

test('a long word is put below rather than beyond the terminal', () => {
  const item = { indent: 2, term: '--layout', column: 20, description: `path (default: ${'x'.repeat(30)})` }
  expect(wrapItem(item, 46)).toBe(['  --layout', `      path (default:`, `      ${'x'.repeat(30)})`].join('\n'))
  expect(wrapItem({ ...item, description: '' }, 4)).toBe('  --layout')
})

test.each([40, 60, 80])('the help fits in %i columns, except for words and commands', (columns) => {
  const program = programForTests(columns)
  const texts = [program, ...program.commands].map((command) => command.helpInformation())
  const pages = Object.values(helpTopics).map((text) => wrapText(text, columns))
  const wide = [...texts, ...pages]
    .join('\n')
    .split('\n')
    .filter((line) => displayWidth(line) > columns)
  expect(wide.filter((line) => !/ahi-dicom |^ *(\S+|--?\S+ <\S+>)$/.test(line))).toEqual([])
})
