// validate.js SCHEMA < DOCUMENT: checks a JSON document, or with `--lines` each line, against a JSON schema.
// `sarif` is the published schema of SARIF 2.1.0. Prints what is wrong; exits with 1 then.
'use strict';
const fs = require('fs');
const path = require('path');
const Ajv = require('ajv');

const args = process.argv.slice(2);
const lines = args[0] === '--lines';
const name = args[lines ? 1 : 0];
const file = name === 'sarif'
  ? path.join(path.dirname(require.resolve('@microsoft/jest-sarif/package.json')), 'lib/schemas/sarif-2.1.0-rtm.5.json')
  : name;
const schema = JSON.parse(fs.readFileSync(file, 'utf8'));
const ajv = new Ajv({ allErrors: true, schemaId: 'auto', unknownFormats: 'ignore' });
if (String(schema.$schema).includes('draft-04')) ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const check = ajv.compile(schema);

const text = fs.readFileSync(0, 'utf8');
const documents = lines ? text.split('\n').filter((line) => line !== '') : [text];
let wrong = documents.length === 0 ? 1 : 0;
for (const document of documents) {
  if (check(JSON.parse(document))) continue;
  wrong += 1;
  for (const error of check.errors.slice(0, 20)) console.error(`${error.dataPath}: ${error.message}`);
}
process.exit(wrong === 0 ? 0 : 1);
