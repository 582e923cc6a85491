// kubernetes.js FILE...: checks Kubernetes manifests against the published schemas (the npm package kubernetes-models
// carries them), strictly: a key that the schema does not know is wrong too. Prints what is wrong; exits with 1 then.
// kubernetes.js --data FOLDER FILE: writes the entries of FILE's ConfigMap into FOLDER, as a volume of it would.
'use strict';
const fs = require('fs');
const path = require('path');
const YAML = require('yaml');

let wrong = 0;
function complain(text) {
  wrong += 1;
  console.error(text);
}

// The compiled schema looks at every key that it knows and at no other.
function watched(value, where, unseen) {
  if (value === null || typeof value !== 'object') return value;
  const seen = new Set();
  const inner = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) inner[key] = watched(value[key], `${where}/${key}`, unseen);
  unseen.push(() => Object.keys(value).filter((key) => !seen.has(key)).map((key) => `${where}/${key}`));
  return new Proxy(inner, {
    get(target, key) {
      seen.add(key);
      return target[key];
    },
  });
}

function documents(file) {
  return YAML.parseAllDocuments(fs.readFileSync(file, 'utf8')).map((document) => {
    for (const error of document.errors) complain(`${file}: ${error.message}`);
    return document.toJS();
  });
}

const args = process.argv.slice(2);
if (args[0] === '--data') {
  for (const document of documents(args[2])) {
    for (const [name, text] of Object.entries(document.data)) fs.writeFileSync(path.join(args[1], name), text);
  }
  process.exit(wrong === 0 ? 0 : 1);
}
for (const file of args) {
  for (const document of documents(file)) {
    const name = `${file}: ${document.kind} ${document.metadata && document.metadata.name}`;
    const model = require(`kubernetes-models/${document.apiVersion}`)[document.kind];
    if (!model) {
      complain(`${name}: there is no such kind in ${document.apiVersion}`);
      continue;
    }
    const unseen = [];
    try {
      model.prototype.validate.call(watched(document, '', unseen));
    } catch (error) {
      complain(`${name}: ${error.message}`);
      continue;
    }
    for (const keys of unseen) for (const key of keys()) complain(`${name}: unknown key ${key}`);
  }
}
if (args.length === 0) complain('no file given');
process.exit(wrong === 0 ? 0 : 1);
