import manifest from '../manifest.json' with { type: 'json' }

/** What the model is: data for `loadEwma` of `@plimsoll/forecast`. */
export { manifest }
