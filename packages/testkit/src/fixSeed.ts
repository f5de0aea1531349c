import fc from 'fast-check'

// The same examples on every machine and in every run; a property may name a seed of its own.
fc.configureGlobal({ seed: 20_200_312 })
