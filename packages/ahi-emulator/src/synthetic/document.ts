import type { AttributeMap, ImageFrame, ImageSetMetadata, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import { attributesByLevel } from '../document/attribute-levels.ts'
import type { EncodedAttribute } from '../document/encode-data-set.ts'
import { inUidOrder } from '../document/instance-order.ts'
import { instanceAttributes, instanceIdentity, sharedAttributes, syntheticUid } from './attributes.ts'
import { syntheticFrameId } from './frame-id.ts'
import { framesOfInstance, recipeTransferSyntax, type Recipe } from './recipe.ts'

/** Returns the metadata document of a synthetic image set. */
export function syntheticDocument(
  recipe: Recipe,
  { datastoreId, imageSetId }: { readonly datastoreId: string; readonly imageSetId: string },
): ImageSetMetadata {
  const { Patient, Study, Series, Instance } = attributesByLevel(attributesOf(sharedAttributes(recipe)))
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
          Instances: inUidOrder(instances(recipe, imageSetId, Instance)),
        },
      },
    },
  }
}

function instances(recipe: Recipe, imageSetId: string, shared: AttributeMap): Record<string, InstanceMetadata> {
  const common = inTagOrder({ ...shared, ...instanceAttributes(recipe) })
  return Object.fromEntries(
    Array.from({ length: recipe.instances }, (_, instance) => {
      const identity = instanceIdentity(recipe, instance)
      const DICOM = { ...common, ...identity }
      return [identity.SOPInstanceUID, instanceMetadata(recipe, { imageSetId, instance, DICOM })]
    }),
  )
}

function instanceMetadata(
  recipe: Recipe,
  {
    imageSetId,
    instance,
    DICOM,
  }: { readonly imageSetId: string; readonly instance: number; readonly DICOM: AttributeMap },
): InstanceMetadata {
  const count = framesOfInstance(recipe)
  return {
    DICOM,
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

function inTagOrder(attributes: AttributeMap): AttributeMap {
  return Object.fromEntries(
    attributesOf(attributes)
      .sort((a, b) => a.tag - b.tag)
      .map(({ key, value }) => [key, value]),
  )
}

function attributesOf(attributes: AttributeMap): EncodedAttribute[] {
  return Object.entries(attributes).map(([key, value]) => {
    const entry = lookUpKeyword(key)
    if (entry === undefined) throw new TypeError(`Expected a keyword of PS3.6, got \`${key}\``)
    return { tag: entry.tag, key, value }
  })
}
