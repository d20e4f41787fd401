import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { uidOf } from '../dicom/uid.ts'
import { recipeTransferSyntax, type Recipe } from './recipe.ts'
import { storedBits } from './tile.ts'

const videoEndoscopic = '1.2.840.10008.5.1.4.1.1.77.1.1.1'
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'
const multiFrameGreyscaleByte = '1.2.840.10008.5.1.4.1.1.7.2'
const multiFrameGreyscaleWord = '1.2.840.10008.5.1.4.1.1.7.3'
const multiFrameTrueColour = '1.2.840.10008.5.1.4.1.1.7.4'

/** The part of a recipe that attributes depend on. */
export type RecipeAttributes = Omit<Recipe, 'patterns'>

/** Returns the attributes that all instances of a synthetic image set share, in the form of the metadata document. */
export function sharedAttributes(recipe: RecipeAttributes): AttributeMap {
  const { seed, index } = recipe
  const isVideo = recipe.videoByteLength !== undefined
  return {
    SpecificCharacterSet: ['ISO_IR 192'],
    StudyDate: '20260102',
    StudyTime: '093000',
    AccessionNumber: `S${seed}-${index}`,
    Modality: isVideo ? 'ES' : 'OT',
    Manufacturer: 'ahi-dicom',
    ReferringPhysicianName: null,
    StudyDescription: 'Synthetic',
    PatientName: `Synthetic^${index}`,
    PatientID: `SYNTHETIC-${seed}-${index}`,
    PatientBirthDate: null,
    PatientSex: 'O',
    StudyInstanceUID: syntheticUid(recipe, 'study'),
    SeriesInstanceUID: syntheticUid(recipe, 'series'),
    StudyID: String(index),
    SeriesNumber: '1',
    Laterality: null,
  }
}

/** The attributes that differ between the instances of a synthetic image set. */
export interface InstanceIdentity {
  readonly MediaStorageSOPInstanceUID: string
  readonly SOPInstanceUID: string
  readonly InstanceNumber: string
}

/** Returns the attributes that identify an instance of a synthetic image set. */
export function instanceIdentity(recipe: RecipeAttributes, instance: number): InstanceIdentity {
  const uid = syntheticUid(recipe, `instance ${instance}`)
  return { MediaStorageSOPInstanceUID: uid, SOPInstanceUID: uid, InstanceNumber: String(instance + 1) }
}

/** Returns the attributes of an instance, including group 2. The identifying ones belong to the first instance. */
export function instanceAttributes(recipe: RecipeAttributes): AttributeMap {
  const sopClassUid = sopClass(recipe)
  return {
    FileMetaInformationVersion: 'AAE=',
    MediaStorageSOPClassUID: sopClassUid,
    TransferSyntaxUID: recipe.videoByteLength === undefined ? explicitVrLittleEndian : recipeTransferSyntax(recipe),
    ImageType: ['DERIVED', 'SECONDARY'],
    SOPClassUID: sopClassUid,
    ConversionType: 'SYN',
    PatientOrientation: null,
    BurnedInAnnotation: 'NO',
    ...instanceIdentity(recipe, 0),
    ...pixelAttributes(recipe),
  }
}

/** Returns a UID for a name within a synthetic image set. The same settings give the same UID. */
export function syntheticUid(recipe: RecipeAttributes, name: string): string {
  const { seed, index, instances, frames, rows, columns, bitsAllocated, samplesPerPixel, videoByteLength } = recipe
  const settings = [seed, index, instances, frames, rows, columns, bitsAllocated, samplesPerPixel, videoByteLength]
  return uidOf(`ahi-dicom synthetic ${settings.join(' ')} ${name}`)
}

function sopClass({ videoByteLength, frames, samplesPerPixel, bitsAllocated }: RecipeAttributes): string {
  if (videoByteLength !== undefined) return videoEndoscopic
  if (frames === 1) return secondaryCapture
  if (samplesPerPixel === 3) return multiFrameTrueColour
  return bitsAllocated === 8 ? multiFrameGreyscaleByte : multiFrameGreyscaleWord
}

function pixelAttributes(recipe: RecipeAttributes): AttributeMap {
  const { rows, columns, frames, videoByteLength } = recipe
  const isVideo = videoByteLength !== undefined
  const isMultiFrame = isVideo || frames > 1
  const samplesPerPixel = isVideo ? 3 : recipe.samplesPerPixel
  const bitsAllocated = isVideo ? 8 : recipe.bitsAllocated
  const bitsStored = storedBits(bitsAllocated)
  return {
    SamplesPerPixel: samplesPerPixel,
    PhotometricInterpretation: isVideo ? 'YBR_PARTIAL_420' : samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
    ...(samplesPerPixel === 3 ? { PlanarConfiguration: 0 } : {}),
    ...(isMultiFrame ? { FrameTime: '40', NumberOfFrames: String(frames), FrameIncrementPointer: ['00181063'] } : {}),
    Rows: rows,
    Columns: columns,
    BitsAllocated: bitsAllocated,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: 0,
    ...(isMultiFrame && samplesPerPixel === 1
      ? { RescaleIntercept: '0', RescaleSlope: '1', RescaleType: 'US', PresentationLUTShape: 'IDENTITY' }
      : {}),
    LossyImageCompression: isVideo ? '01' : '00',
    ...(isVideo ? { LossyImageCompressionRatio: ['50'], LossyImageCompressionMethod: ['ISO_14496_10'] } : {}),
  }
}
