import { readdirSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { describe, expect, test } from 'vitest'

import { hasPydicom, isAvailable, python } from './tools.ts'

describe('the dictionary', () => {
  test('knows an attribute by keyword and by tag', () => {
    const entry = { tag: 0x00080005, vr: 'CS', vm: '1-n', keyword: 'SpecificCharacterSet', retired: false }
    expect(lookUpKeyword('SpecificCharacterSet')).toEqual(entry)
    expect(lookUpTag(0x00080005)).toEqual(entry)
  })

  test('knows a retired attribute by its plain keyword', () => {
    const entry = { tag: 0x00324000, vr: 'LT', vm: '1', keyword: 'StudyComments', retired: true }
    expect(lookUpKeyword('StudyComments')).toEqual(entry)
    expect(lookUpKeyword('RETIRED_StudyComments')).toBeUndefined()
  })

  test('writes ambiguous VRs as PS3.6 does', () => {
    const vrs = ['SmallestImagePixelValue', 'PixelData', 'LUTData', 'GrayLookupTableData'].map(
      (keyword) => lookUpKeyword(keyword)?.vr,
    )
    expect(vrs).toEqual(['US or SS', 'OB or OW', 'US or OW', 'US or SS or OW'])
  })

  test('knows repeating groups and repeating elements', () => {
    expect(lookUpKeyword('OverlayData')?.tag).toBe(0x60003000)
    expect(lookUpKeyword('CurveDimensions')?.tag).toBe(0x50000005)
    expect(lookUpTag(0x601e3000)).toMatchObject({ tag: 0x601e3000, keyword: 'OverlayData', vr: 'OB or OW' })
    expect(lookUpTag(0x50020005)?.keyword).toBe('CurveDimensions')
    expect(lookUpTag(0x002031ab)?.keyword).toBe('SourceImageIDs')
    expect(lookUpTag(0x10100011)?.keyword).toBe('ZonalMap')
  })

  test('does not count odd groups, group lengths and private elements as repetitions', () => {
    expect([0x60013000, 0x10100000, 0x00090010, 0x00280000].map(lookUpTag)).toEqual(Array(4).fill(undefined))
  })

  test('knows keywords of earlier editions', () => {
    expect(lookUpKeyword('NumbeOfTableColumns')?.keyword).toBe('NumberOfTableColumns')
  })

  test('returns undefined for other words', () => {
    expect(['', 'constructor', '__proto__', '00080005', 'Nonsense', '+'].map(lookUpKeyword)).toEqual(
      Array(6).fill(undefined),
    )
  })
})

describe.skipIf(!hasPydicom())('against pydicom', () => {
  test('has every attribute with the same VR, VM, keyword and retired state', () => {
    const rows = dictionaryRows(python('dump_dictionary.py', []))
    expect(rows.length).toBeGreaterThan(5000)
    const differing = rows.filter(([tag, vr, vm, keyword, retired]) => {
      if (isDelimiter(tag)) return false
      const entry = lookUpTag(Number.parseInt(instanceOf(tag), 16))
      if (entry === undefined) return true
      return entry.vr !== vr || entry.vm !== vm || entry.keyword !== keyword || entry.retired !== retired
    })
    expect(differing).toEqual([])
  })

  test('finds every attribute by its keyword', () => {
    const rows = dictionaryRows(python('dump_dictionary.py', [])).filter(([tag]) => !isDelimiter(tag))
    const lost = rows.filter(([, , , keyword]) => keyword !== '' && lookUpKeyword(keyword)?.keyword !== keyword)
    expect(lost).toEqual([])
  })
})

const dcmtkDictionary = findFile('/usr/share', /^(lib)?dcmtk/, 'dicom.dic')

describe.skipIf(!isAvailable('dicom.dic of dcmtk', dcmtkDictionary !== undefined))('against dcmtk', () => {
  const vrs: Readonly<Record<string, string>> = {
    up: 'UL',
    xs: 'US or SS',
    ox: 'OB or OW',
    px: 'OB or OW',
    lt: 'US or SS or OW',
  }

  test('has every standard attribute with the same VR', () => {
    const rows = readFileSync(dcmtkDictionary ?? '', 'utf8')
      .split('\n')
      .filter(
        (line) => line.startsWith('(') && !line.includes('-o-') && !line.includes('-u-') && !line.includes('\tna\t'),
      )
      .map((line) => line.split('\t'))
    expect(rows.length).toBeGreaterThan(4900)
    const differing = rows.filter(([range = '', vr = '', name = '']) => {
      const entry = lookUpTag(Number.parseInt(range.replace(/-[0-9A-Fa-f]+/g, '').replace(/[(),]/g, ''), 16))
      // LUTData: dcmtk's abbreviation for US, SS or OW allows more than PS3.6.
      const expected = name === 'LUTData' ? 'US or OW' : (vrs[vr] ?? vr)
      return entry?.vr !== expected
    })
    expect(differing).toEqual([])
  })

  test('knows every keyword', () => {
    const names = readFileSync(dcmtkDictionary ?? '', 'utf8')
      .split('\n')
      .filter(
        (line) => line.startsWith('(') && !line.includes('-o-') && !line.includes('-u-') && !line.includes('\tna\t'),
      )
      .map((line) => (line.split('\t')[2] ?? '').replace(/^RETIRED_/, ''))
    expect(names.filter((name) => name !== 'undefined' && lookUpKeyword(name) === undefined)).toEqual([])
  })
})

const gdcmDictionary = findFile('/usr/share', /^gdcm/, 'XML/Part6.xml')

describe.skipIf(!isAvailable('Part6.xml of gdcm', gdcmDictionary !== undefined))('against gdcm', () => {
  test('knows every keyword', () => {
    const xml = readFileSync(gdcmDictionary ?? '', 'utf8')
    const keywords = [...xml.matchAll(/<entry group="[0-9a-f]+" [^>]*keyword="(\w+)"/g)].map(
      ([, keyword = '']) => keyword,
    )
    expect(keywords.length).toBeGreaterThan(3000)
    const unknown = keywords.filter((keyword) => lookUpKeyword(keyword) === undefined)
    expect(unknown).toEqual(['Item', 'ItemDelimitationItem', 'SequenceDelimitationItem'])
  })
})

/** Tags that are not data elements of a file: items and delimiters. */
function isDelimiter(tag: string): boolean {
  return tag.startsWith('FFFE')
}

type DictionaryRow = readonly [tag: string, vr: string, vm: string, keyword: string, retired: boolean]

function dictionaryRows(rows: unknown): DictionaryRow[] {
  if (!Array.isArray(rows)) throw new TypeError('no rows')
  return rows.map((row: DictionaryRow) => row)
}

/** Returns one tag of a pattern. */
function instanceOf(pattern: string): string {
  return pattern
    .replace('1000xxx', '1000001')
    .replaceAll('x', '1')
    .replace(/^(50|60|7F)11/, '$112')
}

function findFile(folder: string, name: RegExp, file: string): string | undefined {
  if (!existsSync(folder)) return undefined
  return readdirSync(folder)
    .filter((entry) => name.test(entry))
    .map((entry) => join(folder, entry, file))
    .find((path) => existsSync(path))
}
