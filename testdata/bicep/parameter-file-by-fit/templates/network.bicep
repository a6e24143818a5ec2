param region string
