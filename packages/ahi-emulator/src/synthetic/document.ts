import {
  attributeLevel,
  type AttributeLevel,
  type AttributeMap,
  type ImageFrame,
  type ImageSetMetadata,
  type InstanceMetadata,
} from '@ahi-dicom/ahi-metadata'
import { formatTag } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import { instanceAttributes, sharedAttributes, syntheticUid } from './attributes.ts'
import { syntheticFrameId } from './frame-id.ts'
import { framesOfInstance, recipeTransferSyntax, type Recipe } from './recipe.ts'

/** The metadata document of a synthetic image set. */
export function syntheticDocument(
  recipe: Recipe,
  { datastoreId, imageSetId }: { readonly datastoreId: string; readonly imageSetId: string },
): ImageSetMetadata {
  const { Patient, Study, Series, Instance } = byLevel(sharedAttributes(recipe))
  return {
    SchemaVersion: '1.1',
    DatastoreID: datastoreId,
    ImageSetID: imageSetId,
    Patient: { DICOM: Patient },
    Study: {
      DICOM: Study,
      Series: {
        [syntheticUid(recipe, 'series')]: {
          DICOM: Series,
          Instances: Object.fromEntries(instances(recipe, imageSetId, Instance)),
        },
      },
    },
  }
}

/** In the order of their UIDs, as the service has them. */
function instances(
  recipe: Recipe,
  imageSetId: string,
  shared: AttributeMap,
): (readonly [sopInstanceUid: string, InstanceMetadata])[] {
  return Array.from({ length: recipe.instances }, (_, instance) => instance)
    .map((instance) => ({ instance, uid: syntheticUid(recipe, `instance ${instance}`) }))
    .sort((a, b) => (a.uid < b.uid ? -1 : 1))
    .map(({ instance, uid }) => [uid, instanceMetadata(recipe, { imageSetId, instance, shared })] as const)
}

function instanceMetadata(
  recipe: Recipe,
  {
    imageSetId,
    instance,
    shared,
  }: { readonly imageSetId: string; readonly instance: number; readonly shared: AttributeMap },
): InstanceMetadata {
  const count = framesOfInstance(recipe)
  return {
    DICOM: inTagOrder({ ...shared, ...instanceAttributes(recipe, instance) }),
    DICOMVRs: {},
    StoredTransferSyntaxUID: recipeTransferSyntax(recipe),
    ...(recipe.videoByteLength === undefined ? { ChecksumType: 'DECOMPRESSED' } : {}),
    ImageFrames: Array.from({ length: count }, (_, frame) => imageFrame(recipe, imageSetId, instance * count + frame)),
  }
}

function imageFrame({ patterns, rows, columns }: Recipe, imageSetId: string, index: number): ImageFrame {
  const facts = patterns[index % patterns.length]
  if (facts === undefined) throw new TypeError('Expected a recipe with patterns')
  return {
    ID: syntheticFrameId(imageSetId, index),
    PixelDataChecksumFromBaseToFullResolution: [{ Width: columns, Height: rows, Checksum: facts.checksum }],
    MinPixelValue: facts.least,
    MaxPixelValue: facts.greatest,
    FrameSizeInBytes: facts.byteLength,
  }
}

function byLevel(attributes: AttributeMap): Record<AttributeLevel, AttributeMap> {
  const levels: Record<AttributeLevel, AttributeMap> = { Patient: {}, Study: {}, Series: {}, Instance: {} }
  for (const [keyword, value] of Object.entries(attributes))
    levels[attributeLevel(formatTag(tagOf(keyword)))][keyword] = value
  return levels
}

function inTagOrder(attributes: AttributeMap): AttributeMap {
  return Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => tagOf(a) - tagOf(b)))
}

function tagOf(keyword: string): number {
  const entry = lookUpKeyword(keyword)
  if (entry === undefined) throw new TypeError(`Expected a keyword of PS3.6, got \`${keyword}\``)
  return entry.tag
}
