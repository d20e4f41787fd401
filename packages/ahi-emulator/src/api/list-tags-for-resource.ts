import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
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
