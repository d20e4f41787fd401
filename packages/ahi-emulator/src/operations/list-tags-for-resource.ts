import { createInputCheck } from '../server/input-check.ts'
import type { Operation } from '../server/operation.ts'
import { readResourceArn, requireResource } from './tag-input.ts'

export const listTagsForResource: Operation = {
  name: 'ListTagsForResource',
  method: 'GET',
  path: '/tags/{resourceArn}',
  run({ parameters }, context) {
    const check = createInputCheck()
    const resourceArn = readResourceArn(parameters['resourceArn'], check)
    check.finish()
    requireResource(resourceArn, context)
    return { json: { tags: context.store.tags.of(resourceArn) } }
  },
}
