"""Model serving in two dialects over the same bundles: TensorFlow Serving's REST API and Open Inference v2."""

from kanchay.web.serving.open_inference import blueprint as open_inference
from kanchay.web.serving.tensorflow import blueprint as tensorflow

__all__ = ["blueprints"]

blueprints = (tensorflow, open_inference)
