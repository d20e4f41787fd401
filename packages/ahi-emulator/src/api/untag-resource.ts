import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { mostTags, readResourceArn, readTagKey, requireResource } from './tag-input.ts'

export const untagResource: Operation = {
  name: 'UntagResource',
  method: 'DELETE',
  path: '/tags/{resourceArn}',
  run({ parameters, query }, context) {
    const check = createInputCheck()
    const resourceArn = readResourceArn(parameters['resourceArn'], check)
    const keys = query.getAll('tagKeys').map((key) => readTagKey(key, check))
    if (!query.has('tagKeys')) check.fail(undefined, 'tagKeys', 'Member must not be null')
    if (keys.length > mostTags) {
      check.fail(undefined, 'tagKeys', `Member must have length less than or equal to ${mostTags}`)
    }
    check.finish()
    requireResource(resourceArn, context)
    context.store.tags.remove(resourceArn, keys)
    return { json: {} }
  },
}
