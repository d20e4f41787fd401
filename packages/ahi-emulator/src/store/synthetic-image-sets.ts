import type { DatabaseSync } from 'node:sqlite'
import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { createCodeStreamCache, type CodeStreamsOf } from '../synthetic/code-stream-cache.ts'
import { syntheticDocument } from '../synthetic/document.ts'
import { syntheticFrameIndex } from '../synthetic/frame-id.ts'
import type { Recipe } from '../synthetic/recipe.ts'
import type { FrameContent } from './frame-content.ts'
import { textColumn } from './row.ts'
import { syntheticFrame } from './synthetic-frame.ts'

/** Image sets that are stored only as a recipe. */
export interface SyntheticImageSets {
  readonly codeStreamsOf: CodeStreamsOf
  /** Records a recipe. Call it in a transaction, after the image set was recorded. */
  add(imageSetId: string, recipe: Recipe): void
  /** Forgets the recipe of a deleted image set. */
  forget(imageSetId: string): void
  /** Returns the metadata document, or `undefined` if the image set is not synthetic. */
  document(imageSetId: string): ImageSetMetadata | undefined
  /** Returns a frame, or `undefined` if no synthetic image set of the data store has it. */
  frame(datastoreId: string, imageSetId: string, imageFrameId: string): FrameContent | undefined
}

interface StoredRecipe {
  readonly datastoreId: string
  readonly recipe: Recipe
}

/**
 * Most recipes kept in memory. They are small, and a client that reads frames needs the same one thousands of times.
 */
const mostKeptRecipes = 64

/** Opens the table of recipes. */
export function openSyntheticImageSets(database: DatabaseSync): SyntheticImageSets {
  const insert = database.prepare('INSERT INTO synthetic_image_sets (image_set_id, recipe) VALUES (?, ?)')
  const select = database.prepare(
    `SELECT image_sets.datastore_id, synthetic_image_sets.recipe
     FROM synthetic_image_sets JOIN image_sets ON image_sets.id = synthetic_image_sets.image_set_id
     WHERE synthetic_image_sets.image_set_id = ?`,
  )
  const codeStreamsOf = createCodeStreamCache()
  const kept = new Map<string, StoredRecipe>()

  function find(imageSetId: string): StoredRecipe | undefined {
    const known = kept.get(imageSetId)
    if (known !== undefined) return known
    const row = select.get(imageSetId)
    if (row === undefined) return undefined
    const stored = { datastoreId: textColumn(row, 'datastore_id'), recipe: readRecipe(textColumn(row, 'recipe')) }
    const [oldest] = kept.keys()
    if (kept.size >= mostKeptRecipes && oldest !== undefined) kept.delete(oldest)
    kept.set(imageSetId, stored)
    return stored
  }

  return {
    codeStreamsOf,
    add: (imageSetId, recipe) => void insert.run(imageSetId, JSON.stringify(recipe)),
    forget: (imageSetId) => void kept.delete(imageSetId),
    document(imageSetId) {
      const stored = find(imageSetId)
      return stored && syntheticDocument(stored.recipe, { datastoreId: stored.datastoreId, imageSetId })
    },
    frame(datastoreId, imageSetId, imageFrameId) {
      const stored = find(imageSetId)
      if (stored?.datastoreId !== datastoreId) return undefined
      const index = syntheticFrameIndex(imageSetId, imageFrameId)
      return index === undefined ? undefined : syntheticFrame(stored.recipe, index, () => codeStreamsOf(stored.recipe))
    },
  }
}

/** Parses a recipe. It is trusted, because only this package writes it. */
function readRecipe(text: string): Recipe {
  return JSON.parse(text)
}
