import { loadDcmjs } from '#dcmjs'
import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { ByteWriter } from './byte-writer.ts'
import type { DataElement, DataSet } from './data-set.ts'
import { DcmjsMissingError, type InstanceIdentity } from '../errors.ts'
import { floatOf, integerOf, textOf, writeBinaryValue } from './encode-value.ts'
import { formatTag, parseDecimal, parseTag } from '@ahi-dicom/dicom-standard'
import { valueRepresentation, type ValueRepresentation } from '@ahi-dicom/dicom-standard'

type NaturalDataSet = Record<string, unknown>

/** An element in dcmjs's form. */
interface DcmjsElement {
  readonly vr: string
  /** Absent if the element is empty. */
  readonly Value?: readonly unknown[]
}

/** The parts of dcmjs that this file uses. */
interface Dcmjs {
  readonly data: {
    readonly DicomMetaDictionary: {
      naturalizeDataset(dataset: Readonly<Record<string, DcmjsElement>>): NaturalDataSet
    }
  }
}

let loaded: Dcmjs | undefined

/**
 * Returns a data set in dcmjs's natural form: values by keyword, and group 2 under `_meta`. The first call loads dcmjs,
 * which the caller has to install.
 *
 * @throws {DcmjsMissingError} if dcmjs cannot be loaded
 */
export function naturalDataSet(dataSet: DataSet, fileMeta: DataSet, identity: InstanceIdentity): NaturalDataSet {
  const { DicomMetaDictionary } = dcmjs(identity).data
  const natural = DicomMetaDictionary.naturalizeDataset(dcmjsElements(dataSet))
  natural['_meta'] = DicomMetaDictionary.naturalizeDataset(dcmjsElements(fileMeta))
  return natural
}

/**
 * Returns dcmjs, loaded at the first call, because building its dictionary takes tens of milliseconds. It has no types.
 */
function dcmjs(identity: InstanceIdentity): Dcmjs {
  loaded ??= load(identity)
  return loaded
}

function load(identity: InstanceIdentity): Dcmjs {
  let module: unknown
  try {
    module = loadDcmjs()
  } catch (cause) {
    throw new DcmjsMissingError(identity, cause)
  }
  if (isDcmjs(module)) return module
  throw new DcmjsMissingError(identity)
}

function isDcmjs(module: unknown): module is Dcmjs {
  if (typeof module !== 'object' || module === null || !('data' in module)) return false
  return typeof module.data === 'object' && module.data !== null && 'DicomMetaDictionary' in module.data
}

function dcmjsElements(dataSet: DataSet): Record<string, DcmjsElement> {
  return Object.fromEntries(dataSet.map((element) => [formatTag(element.tag), dcmjsElement(element)]))
}

function dcmjsElement(element: DataElement): DcmjsElement {
  const { vr, items } = element
  if (items !== undefined) return { vr, Value: items.map(dcmjsElements) }
  const values = dcmjsValues(element)
  return values.length === 0 ? { vr } : { vr, Value: values }
}

function dcmjsValues({ vr, value }: DataElement): readonly unknown[] {
  const representation = valueRepresentation(vr)
  if (value === null || value === '' || representation === undefined) return []
  if (representation.kind === 'binary') return [binaryValue(representation, value)]
  const values = Array.isArray(value) ? value : [value]
  if (representation.kind === 'integer') return values.map(integerOf)
  if (representation.kind === 'tag') return values.map((item) => parseTag(textOf(item)) ?? null)
  if (representation.kind === 'float') {
    const numbers = values.map((item) => floatOf(item) ?? Number.NaN)
    return vr === 'FL' ? numbers.map((number) => Math.fround(number)) : numbers
  }
  const texts = values.map((item) => textOf(item).replace(/[\0 ]+$/, ''))
  if (vr === 'DS' || vr === 'IS') return texts.map((text) => (text === '' ? null : (parseDecimal(text) ?? text)))
  return vr === 'PN' ? texts.map(personName) : texts
}

function binaryValue(representation: ValueRepresentation, value: JsonValue): ArrayBuffer {
  const writer = new ByteWriter(64)
  writeBinaryValue(writer, representation, value)
  if (writer.length % 2 === 1) writer.uint8(0)
  return writer.take().buffer
}

/** Returns a person name in dcmjs's form. */
function personName(text: string): Record<string, string> {
  const [alphabetic = '', ideographic, phonetic] = text.split('=')
  return {
    Alphabetic: alphabetic,
    ...(ideographic === undefined ? {} : { Ideographic: ideographic }),
    ...(phonetic === undefined ? {} : { Phonetic: phonetic }),
  }
}
