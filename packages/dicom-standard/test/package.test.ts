import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as standard from '@ahi-dicom/dicom-standard'
import * as characterSets from '@ahi-dicom/dicom-standard/character-sets'
import * as dictionary from '@ahi-dicom/dicom-standard/dictionary'
import * as part10 from '@ahi-dicom/dicom-standard/part10'
import * as reader from '@ahi-dicom/dicom-standard/reader'
import * as transferSyntaxes from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { expect, test } from 'vitest'

test('exports only these names', () => {
  expect(Object.keys(standard).sort()).toMatchInlineSnapshot(`
    [
      "formatTag",
      "functionalGroups",
      "isDataElement",
      "isFileMeta",
      "isGroupLength",
      "isPrivate",
      "isPrivateCreator",
      "numberOfFrames",
      "parseDecimal",
      "parseTag",
      "tags",
      "valueRepresentation",
    ]
  `)
  expect(Object.keys(characterSets).sort()).toMatchInlineSnapshot(`
    [
      "characterSetChoices",
      "definedTerm",
      "textDecoding",
    ]
  `)
  expect(Object.keys(dictionary).sort()).toMatchInlineSnapshot(`
    [
      "lookUpKeyword",
      "lookUpTag",
    ]
  `)
  expect(Object.keys(part10).sort()).toMatchInlineSnapshot(`
    [
      "evenLength",
      "hasPart10Prefix",
      "itemHeader",
      "longElementHeader",
      "longestValueLength",
      "part10PrefixLength",
      "readHeaderStart",
      "sequenceDelimiter",
      "undefinedLength",
    ]
  `)
  expect(Object.keys(reader).sort()).toMatchInlineSnapshot(`
    [
      "UnreadableFileError",
      "bytesInMemory",
      "dataSetAttributes",
      "elementValues",
      "isBinary",
      "openPart10",
      "plainText",
      "readImplicitSequence",
      "readPart10",
      "swapBytes",
      "unsignedShort",
    ]
  `)
  expect(Object.keys(transferSyntaxes).sort()).toMatchInlineSnapshot(`
    [
      "dataSetEncoding",
      "deflatedExplicitVrLittleEndian",
      "explicitVrBigEndian",
      "explicitVrLittleEndian",
      "hevcM10P51",
      "hevcMp51",
      "htj2k",
      "htj2kLossless",
      "htj2kLosslessRpcl",
      "implicitVrLittleEndian",
      "jpeg2000",
      "jpeg2000Lossless",
      "jpegBaseline",
      "jpegExtended",
      "jpegExtendedArithmetic",
      "jpegExtendedHierarchical",
      "jpegExtendedHierarchicalArithmetic",
      "jpegFullProgression",
      "jpegFullProgressionArithmetic",
      "jpegFullProgressionHierarchical",
      "jpegFullProgressionHierarchicalArithmetic",
      "jpegLossless",
      "jpegLosslessArithmetic",
      "jpegLosslessHierarchical",
      "jpegLosslessHierarchicalArithmetic",
      "jpegLosslessSv1",
      "jpegLsLossless",
      "jpegLsNearLossless",
      "jpegSpectralSelection",
      "jpegSpectralSelectionArithmetic",
      "jpegSpectralSelectionHierarchical",
      "jpegSpectralSelectionHierarchicalArithmetic",
      "jpegXl",
      "lookUpTransferSyntax",
      "mpeg4Hp41",
      "mpeg4Hp41F",
      "rleLossless",
    ]
  `)
})

test('the generated dictionary is up to date', () => {
  const generated = new URL('../../dicom-standard/src/dictionary/dictionary.generated.ts', import.meta.url)
  const before = readFileSync(generated, 'utf8')
  const script = new URL('../scripts/generate-dictionary.ts', import.meta.url)
  const { stdout, status } = spawnSync(process.execPath, [script.pathname, '--print'], { maxBuffer: 1 << 24 })
  expect(status).toBe(0)
  expect(stdout.toString() === before).toBe(true)
})
