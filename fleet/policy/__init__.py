"""What whoever deploys a fleet may do on AWS."""
