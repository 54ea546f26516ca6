"""Says of each file in a folder whether it keeps to the schema, as JSON."""

import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
print(json.dumps({f.stem: validator.is_valid(json.loads(f.read_text())) for f in pathlib.Path(sys.argv[2]).iterdir()}))
