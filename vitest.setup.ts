import * as fc from 'fast-check'

// Whether a change lands must not depend on chance: CI tries the same cases each time, everyone else fresh ones.
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 20261123 })
