import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { createRandom } from '../random.ts'
import { createCanvas } from './canvas.ts'
import { ctGrid, pixelPaddingValue, rescaleIntercept, ctPixels } from './ct-pixels.ts'
import { createNoiseTexture } from './noise-texture.ts'
import { commonAttributes, studyUid, type GeneratedStudy } from './study.ts'
import { torsoHeight, createTorso } from './torso.ts'

export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2'

const textureSize = 1024

/** Returns the SOPInstanceUID of the slice at an index. */
export function ctInstanceUid(study: GeneratedStudy, index: number): string {
  return studyUid(study.seed, `ct ${index}`)
}

/** Returns the SeriesInstanceUID of the CT series. */
export function ctSeriesUid(study: GeneratedStudy): string {
  return studyUid(study.seed, 'ct')
}

/** Generates the slices of the CT series, from the abdomen to the chest, as Part 10 files. */
export function* ctSeries(study: GeneratedStudy, sliceCount: number): Generator<Uint8Array> {
  const random = createRandom(study.seed)
  const scanner = {
    texture: createNoiseTexture(textureSize, random),
    torso: createTorso(study.seed),
    canvas: createCanvas(ctGrid.size, ctGrid.fieldOfView),
    random,
  }
  const spacing = torsoHeight / sliceCount
  for (let index = 0; index < sliceCount; index += 1) {
    const height = (index + 0.5) * spacing
    const attributes = {
      ...commonAttributes(study),
      ...seriesAttributes(study, spacing),
      ...sliceAttributes(study, index, height),
    }
    yield encodePart10({ attributes, vrs: privateVrs, pixelData: ctPixels(scanner, height) })
  }
}

/**
 * Returns the attributes that all slices share: General Series, Frame of Reference, CT Image and Image Pixel Module.
 */
function seriesAttributes(study: GeneratedStudy, spacing: number): AttributeMap {
  const { size, fieldOfView } = ctGrid
  const pixelSpacing = decimal(fieldOfView / size)
  return {
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    SOPClassUID: ctImageStorage,
    SeriesDate: '20260102',
    SeriesTime: '093500',
    AcquisitionDate: '20260102',
    ContentDate: '20260102',
    Modality: 'CT',
    SeriesDescription: 'Torso 1.0 Br40 portal venous',
    BodyPartExamined: 'CHEST',
    ContrastBolusAgent: 'Phantom contrast 300',
    SliceThickness: decimal(spacing),
    SpacingBetweenSlices: decimal(spacing),
    KVP: '120',
    DataCollectionDiameter: '500',
    ProtocolName: 'Thorax and abdomen',
    ReconstructionDiameter: String(fieldOfView),
    GantryDetectorTilt: '0',
    TableHeight: '152.5',
    RotationDirection: 'CW',
    ExposureTime: '500',
    XRayTubeCurrent: '240',
    Exposure: '120',
    FilterType: 'FLAT',
    GeneratorPower: '29',
    FocalSpots: ['0.9'],
    ConvolutionKernel: ['Br40'],
    PatientPosition: 'HFS',
    SeriesInstanceUID: ctSeriesUid(study),
    SeriesNumber: '2',
    AcquisitionNumber: '1',
    ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
    FrameOfReferenceUID: studyUid(study.seed, 'frame of reference'),
    PositionReferenceIndicator: null,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: size,
    Columns: size,
    PixelSpacing: [pixelSpacing, pixelSpacing],
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    PixelPaddingValue: pixelPaddingValue,
    WindowCenter: ['40', '-500'],
    WindowWidth: ['400', '1500'],
    RescaleIntercept: String(rescaleIntercept),
    RescaleSlope: '1',
    RescaleType: 'HU',
    WindowCenterWidthExplanation: ['SOFT TISSUE', 'LUNG'],
  }
}

function sliceAttributes(study: GeneratedStudy, index: number, height: number): AttributeMap {
  const corner = decimal(-(ctGrid.fieldOfView - ctGrid.fieldOfView / ctGrid.size) / 2)
  const time = acquisitionTime(index)
  return {
    SOPInstanceUID: ctInstanceUid(study, index),
    AcquisitionTime: time,
    ContentTime: time,
    InstanceNumber: String(index + 1),
    ImagePositionPatient: [corner, corner, decimal(height)],
    SliceLocation: decimal(height),
    ...privateAttributes(study, index, height),
  }
}

const privateVrs = {
  '00290010': 'LO',
  '00291001': 'DS',
  '00291002': 'US',
  '00291003': 'OB',
  '00291004': 'SQ',
  '00291005': 'LO',
}

/** Returns private attributes that exporters often get wrong: numbers, binary values, a sequence. */
function privateAttributes({ seed }: GeneratedStudy, index: number, height: number): AttributeMap {
  return {
    '00290010': 'AHI-DICOM PHANTOM 1',
    '00291001': [decimal(height), String(seed)],
    '00291002': index,
    '00291003': Buffer.from([index & 0xff, 1, 2, 3]).toString('base64'),
    '00291004': [{ '00290010': 'AHI-DICOM PHANTOM 1', '00291005': 'Größe', CodeMeaning: 'Phantom' }],
  }
}

/** Returns a TM. Slices follow each other every 50 milliseconds from 09:35. */
function acquisitionTime(index: number): string {
  return new Date(Date.UTC(2026, 0, 2, 9, 35, 0, index * 50)).toISOString().slice(11, 23).replaceAll(':', '')
}

/** Returns a DS, which has at most 16 characters. */
function decimal(value: number): string {
  return String(Number(value.toFixed(6)))
}
