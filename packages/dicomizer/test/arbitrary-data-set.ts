import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { lookUpKeyword, type DictionaryEntry } from '@ahi-dicom/dicom-standard/dictionary'
import * as fc from 'fast-check'

import { elementRows } from '../../dicom-standard/src/dictionary/dictionary.generated.ts'
import type { DumpedDataSet, DumpedElement } from './read-back.ts'

/** A data set in the value forms of the metadata document, with the values that a reader has to find in its file. */
export interface ArbitraryDataSet {
  readonly attributes: AttributeMap
  readonly vrs: Readonly<Record<string, string>>
  /** Returns the elements in the file, given the PixelRepresentation that applies to the data set. */
  readonly expected: (pixelRepresentation: number) => DumpedDataSet
}

interface ArbitraryElement {
  readonly key: string
  readonly tag: string
  readonly json: JsonValue
  readonly vrs: Readonly<Record<string, string>>
  readonly expected: (pixelRepresentation: number) => DumpedElement
}

/** Elements that the encoder writes itself or uses for decisions. */
const ownElements = /^(0000|0002|00080005|00080016|00080018|00280103|00280100|54001004|7FE000)/

const entries: readonly DictionaryEntry[] = elementRows
  .split('\n')
  .filter((row) => !ownElements.test(row))
  .flatMap((row) => lookUpKeyword(row.slice(11, row.indexOf(' '))) ?? [])

/** Curves and overlays, whose groups repeat (PS3.5 7.6). */
const repeatingEntries = entries.filter(({ tag }) => tag >>> 16 === 0x5000 || tag >>> 16 === 0x6000)

/** Generates a data set of public, private and nested elements. */
export function arbitraryDataSet(): fc.Arbitrary<ArbitraryDataSet> {
  return dataSetOf(2)
}

function dataSetOf(depth: number): fc.Arbitrary<ArbitraryDataSet> {
  const publicElement = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...entries).chain((entry) => elementOf(entry, depth)) },
    { weight: 1, arbitrary: repeatedElement(depth) },
  )
  return fc
    .tuple(
      fc.uniqueArray(publicElement, { selector: ({ tag }) => tag, maxLength: depth === 2 ? 30 : 5 }),
      fc.option(privateBlock(depth), { nil: [] }),
    )
    .map(([publicElements, privateElements]) => assemble([...publicElements, ...privateElements]))
}

function assemble(elements: readonly ArbitraryElement[]): ArbitraryDataSet {
  return {
    attributes: Object.fromEntries(elements.map(({ key, json }) => [key, json])),
    vrs: Object.assign({}, ...elements.map(({ vrs }) => vrs)),
    expected: (pixelRepresentation) =>
      Object.fromEntries(elements.map(({ tag, expected }) => [tag, expected(pixelRepresentation)])),
  }
}

/**
 * Generates a private creator and elements of its block for a few VRs. The block depends on the depth, because DICOMVRs
 * is one flat map.
 */
function privateBlock(depth: number): fc.Arbitrary<ArbitraryElement[]> {
  const block = `00${depth}9`
  const vrs = ['LO', 'UN', 'DS', 'FD', 'OB', 'US', 'SS', 'UL', 'PN', 'SV', 'UV', 'SQ'].filter(
    (vr) => depth > 0 || vr !== 'SQ',
  )
  const creator = fixedElement(`${block}0010`, 'LO', 'MAKER')
  const elements = vrs.map((vr, index) => {
    const tag = Number.parseInt(`${block}10${index.toString().padStart(2, '0')}`, 16)
    return valuesOf(vr, '1', depth).map((value) => {
      const key = tagText(tag)
      return { key, tag: key, json: value.json, vrs: { ...value.vrs, [key]: vr }, expected: value.expected }
    })
  })
  return fc.tuple(fc.constant(creator), ...elements)
}

function fixedElement(tag: string, vr: string, text: string): ArbitraryElement {
  return { key: tag, tag, json: text, vrs: { [tag]: vr }, expected: () => ({ vr, value: text }) }
}

function elementOf(entry: DictionaryEntry, depth: number): fc.Arbitrary<ArbitraryElement> {
  const vr = depth === 0 && entry.vr === 'SQ' ? 'SQ-empty' : entry.vr
  return valuesOf(vr, entry.vm, depth).map(({ json, vrs, expected }) => ({
    key: entry.keyword,
    tag: tagText(entry.tag),
    json,
    vrs,
    expected,
  }))
}

/** Generates an element of any repeating group. A keyword stands only for the first group. */
function repeatedElement(depth: number): fc.Arbitrary<ArbitraryElement> {
  return fc.tuple(fc.constantFrom(...repeatingEntries), fc.nat(15)).chain(([entry, repetition]) => {
    const tag = entry.tag + repetition * 0x20000
    return elementOf({ ...entry, tag, keyword: repetition === 0 ? entry.keyword : tagText(tag) }, depth)
  })
}

function tagText(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0')
}

interface ArbitraryValue {
  readonly json: JsonValue
  readonly vrs: Readonly<Record<string, string>>
  readonly expected: (pixelRepresentation: number) => DumpedElement
}

function valuesOf(vr: string, vm: string, depth: number): fc.Arbitrary<ArbitraryValue> {
  if (vr === 'SQ-empty') return fc.constantFrom<JsonValue>(null, []).map((json) => value('SQ', json, []))
  if (vr === 'SQ') return sequenceOf(depth)
  const one = singleValue(vr)
  const several = fc.array(one, { minLength: 1, maxLength: 4 })
  const values = vm === '1' || isBinary(vr) ? one.map((single) => [single]) : several
  const filled = values.map((list) => {
    const json = list.map((single) => single.json)
    const scalar = vm === '1' || isBinary(vr) ? (json[0] ?? null) : json
    return valueBy(
      vr,
      scalar,
      joined(
        vr,
        list.map((single) => single.text),
      ),
    )
  })
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(valueBy(vr, null, joined(vr, []))) },
    { weight: 9, arbitrary: filled },
  )
}

function value(vr: string, json: JsonValue, written: DumpedElement['value']): ArbitraryValue {
  return { json, vrs: {}, expected: () => ({ vr, value: written }) }
}

/** Ambiguous VRs, as PS3.5 and PS3.3 decide them for a data set without waveforms. */
function valueBy(vr: string, json: JsonValue, written: DumpedElement['value']): ArbitraryValue {
  if (vr === 'US or SS')
    return { json, vrs: {}, expected: (sign) => ({ vr: sign === 1 ? 'SS' : 'US', value: written }) }
  return value(vr.includes(' or ') ? 'OW' : vr, json, written)
}

function joined(vr: string, texts: readonly string[]): DumpedElement['value'] {
  if (isNumeric(vr)) return texts
  return isBinary(vr) ? (texts[0] ?? '') : texts.join('\\')
}

function isNumeric(vr: string): boolean {
  return ['US', 'SS', 'UL', 'SL', 'UV', 'SV', 'FL', 'FD', 'AT', 'US or SS'].includes(vr)
}

function isBinary(vr: string): boolean {
  return /^(O[BWLVFD]|UN|OB or OW|US or OW|US or SS or OW)$/.test(vr)
}

function sequenceOf(depth: number): fc.Arbitrary<ArbitraryValue> {
  const items = fc.array(dataSetOf(Math.max(0, depth - 1)), { maxLength: 2 })
  return items.map((list) => ({
    json: list.map(({ attributes }) => attributes),
    vrs: Object.assign({}, ...list.map(({ vrs }) => vrs)),
    expected: (sign) => ({ vr: 'SQ', value: list.map(({ expected }) => expected(sign)) }),
  }))
}

interface SingleValue {
  readonly json: JsonValue
  readonly text: string
}

const asText = (text: string): SingleValue => ({ json: text, text })
const asNumber = (number: number | bigint): SingleValue => ({ json: number, text: String(number) })

function oneOf(characters: string): fc.Arbitrary<string> {
  return fc.constantFrom(...Array.from(characters))
}

/** Generates printable text without value delimiters, name delimiters, or padding at its ends. */
const plainText = fc
  .string({
    unit: fc.oneof({ weight: 9, arbitrary: oneOf('abcXYZ 0129.,-_+(){}[]"\'') }, oneOf('éßÆдЖ日本語한글ñ€𝔘')),
    maxLength: 20,
  })
  .map((text) => text.trim())
const asciiText = fc.string({ unit: oneOf('ABCXYZ 0129_'), maxLength: 16 }).map((text) => text.trim())

function singleValue(vr: string): fc.Arbitrary<SingleValue> {
  switch (vr) {
    case 'SH':
    case 'LO':
    case 'ST':
    case 'LT':
    case 'UC':
    case 'UT':
      return plainText.map(asText)
    case 'PN':
      return fc
        .array(
          plainText.filter((text) => text !== ''),
          { minLength: 1, maxLength: 3 },
        )
        .map((parts) => asText(parts.join('^')))
    case 'UI':
      return fc.array(fc.nat(), { minLength: 1, maxLength: 4 }).map((parts) => asText(parts.join('.')))
    case 'DS':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => asText(number.toPrecision(9)))
    case 'IS':
      return fc.integer().map((number) => asText(String(number)))
    case 'AT':
      return fc.nat(0xffffffff).map((tag) => asText(tagText(tag)))
    default:
      return numberValue(vr) ?? (isBinary(vr) ? binaryValue(vr) : asciiText.map(asText))
  }
}

function numberValue(vr: string): fc.Arbitrary<SingleValue> | undefined {
  switch (vr) {
    case 'US':
      return fc.nat(0xffff).map(asNumber)
    case 'SS':
      return fc.integer({ min: -0x8000, max: 0x7fff }).map(asNumber)
    case 'US or SS':
      return fc.nat(0x7fff).map(asNumber)
    case 'UL':
      return fc.nat(0xffffffff).map(asNumber)
    case 'SL':
      return fc.integer().map(asNumber)
    case 'UV':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(asNumber)
    case 'SV':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(asNumber)
    case 'FL':
      return fc.float().map((number) => floatValue(number, 4))
    case 'FD':
      return fc.double().map((number) => floatValue(number, 8))
    default:
      return undefined
  }
}

function floatValue(number: number, bytes: 4 | 8): SingleValue {
  const buffer = Buffer.alloc(bytes)
  if (bytes === 4) buffer.writeFloatLE(number)
  else buffer.writeDoubleLE(number)
  // JSON has no NaN and no infinity.
  return { json: Number.isFinite(number) ? number : String(number), text: buffer.toString('hex') }
}

function binaryValue(vr: string): fc.Arbitrary<SingleValue> {
  const unit = { OL: 4, OF: 4, OV: 8, OD: 8, OB: 1, UN: 1 }[vr] ?? 2
  return fc.array(fc.nat(255), { maxLength: 12 }).map((numbers) => {
    const bytes = Buffer.from(numbers.slice(0, numbers.length - (numbers.length % unit)))
    const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)])
    return { json: bytes.toString('base64'), text: padded.toString('base64') }
  })
}
